import { expect, test } from 'vitest';
import type { Button } from '../../src/commands/reply.js';
import type { Tone } from '../../src/core/text.js';
import { render } from '../../src/discord/reply.js';

const TONES: readonly (readonly [Tone, string, number | undefined])[] = [
  ['done', '✅ Here', 0x3ba55d],
  ['waiting', '⏳ Here', 0xf0b232],
  ['gone', '➖ Here', 0x80848e],
  ['refused', '🚫 Here', 0xda373c],
  ['attention', '⚠️ Here', 0xf0b232],
  ['neutral', 'Here', undefined],
];

test.each(TONES)('%s is said by symbol and by colour', (tone, content, colour) => {
  const [container] = render({ tone, text: 'Here' }, []).components;
  expect(container.components).toEqual([{ type: 10, content }]);
  expect(container.accent_color).toBe(colour);
});

test('buttons stand five in a row, each with its own id', () => {
  const button = (label: string): Button => ({
    label,
    style: 'danger',
    press: { button: 'x', payload: null },
  });
  const labels = ['a', 'b', 'c', 'd', 'e', 'f'];
  const { components } = render(
    { tone: 'neutral', text: 'Pick', buttons: labels.map(button) },
    labels,
  );
  const rows = components[0].components.slice(1);
  expect(rows.map((row) => ('components' in row ? row.components.length : 0))).toEqual([5, 1]);
  expect(rows[1]).toEqual({
    type: 1,
    components: [{ type: 2, style: 4, label: 'f', custom_id: 'f' }],
  });
});

test('a text longer than Discord takes is cut, never inside a character', () => {
  const [container] = render({ tone: 'neutral', text: `x${'🎬'.repeat(2500)}` }, []).components;
  const content = (container.components[0] as { content: string }).content;
  expect(content.length).toBeLessThanOrEqual(4000);
  expect(content).not.toMatch(/\p{Surrogate}/u);
  expect(content.endsWith('🎬…')).toBe(true);
});

test('a file is shown in the message it comes with', () => {
  const files = [{ name: 'a.csv', content: new Uint8Array() }];
  const rendered = render({ tone: 'done', text: 'Here', files }, []);
  expect(rendered.files).toEqual(files);
  expect(rendered.components[0].components[1]).toEqual({
    type: 13,
    file: { url: 'attachment://a.csv' },
  });
});
