import type { Panel } from '../tour/panel.js';
import type { Libraries } from './libraries.js';
import type { Library } from './moves.js';

/** What is to be saved at once in the panel of a person. */
export interface PanelWish {
  readonly person: string;
  readonly gives: readonly Library[];
  readonly ends: readonly Library[];
  /** As it is typed; "": no end. */
  readonly until: string;
  readonly reason: string;
}

/**
 * Works through the panel as a person does, who gives up where it does not show what they expect. false: whether
 * anything was saved is not known.
 */
export async function savePanel(
  panel: Panel,
  libraries: Libraries,
  { person, gives, ends, until, reason }: PanelWish,
): Promise<boolean> {
  try {
    await panel.open('access manage', { person });
    const menu = await panel.options('Choose libraries');
    const idsOf = (wanted: readonly Library[]) =>
      wanted
        .map((one) => libraries.titleOf(one))
        .map((title) => menu.find(({ label }) => label === title)?.value ?? title);
    await panel.choose('Choose libraries', idsOf(gives));
    await panel.says(/chosen/);
    await panel.fill('Set time', { from: '', until, reason });
    await panel.says(/To be saved/);
    if (ends.length > 0) {
      await panel.choose('Choose libraries', idsOf(ends));
      await panel.says(/chosen/);
      await panel.press('End now');
      await panel.says(/ends now/);
    }
    const count = gives.length + ends.length;
    await panel.press(`Save ${count} ${count === 1 ? 'change' : 'changes'}`);
    await panel.says(/Case \d+ · /);
    return true;
  } catch {
    return false;
  }
}
