import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';
import { ablations } from '../core/history/ablations.js';

const core = fileURLToPath(new URL('../../src/core/', import.meta.url));
const MARK = '?ablate=';

/** What was asked to be left out of a module, and of all that it imports; null: nothing. */
const leftOut = (id: string): string | null => id.split(MARK)[1] ?? null;

/**
 * `import('./search.js?ablate=NAME')`: the module, and below it src/core, with one rule left out. A patch that no longer
 * fits exactly once is an error, so that nobody believes in a rule that is tested no more.
 */
export const ablation = (): Plugin => ({
  name: 'ablation',
  enforce: 'pre',
  async resolveId(source, importer) {
    const name = importer === undefined ? null : leftOut(importer);
    if (name === null || !source.startsWith('.')) return null;
    const found = await this.resolve(source, importer?.split('?')[0], { skipSelf: true });
    return found && `${found.id}${MARK}${name}`;
  },
  transform(code, id) {
    const name = leftOut(id);
    if (name === null) return null;
    const patches = ablations.find((one) => one.name === decodeURIComponent(name))?.patches;
    if (!patches) throw new Error(`nothing is called "${name}"`);
    return patches
      .filter(({ file }) => id.startsWith(`${core}${file}`))
      .reduce((text, patch) => {
        const times = text.split(patch.text).length - 1;
        if (times !== 1) throw new Error(`"${patch.text}" occurs ${times} times in ${patch.file}`);
        return text.replace(patch.text, () => patch.replacement);
      }, code);
  },
});
