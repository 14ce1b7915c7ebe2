import { describe, expect, test } from 'vitest';
import {
  buttonsOver,
  choice,
  commandsOver,
  optional,
  text,
  when,
  type Option,
  type Suggestion,
} from '../../src/commands/command.js';
import { UserError } from '../../src/core/errors.js';

interface Access {
  readWhen(typed: string, how: { as: 'from' | 'until'; from?: Date }): Date;
  suggestWhen(typed: string, how: { as: 'from' | 'until'; from?: Date }): readonly Suggestion[];
  people(typed: string): readonly Suggestion[];
}

/** Reads ISO instants only; suggests what it was asked, so that a test can see it. */
const access: Access = {
  readWhen: (typed, { as, from }) => {
    const at = typed === 'next' ? new Date(Number(from ?? 0) + 1) : new Date(typed);
    if (Number.isNaN(+at)) throw new UserError('when', `not a time: ${as}`);
    return at;
  },
  suggestWhen: (typed, how) => [{ name: JSON.stringify(how), value: typed }],
  people: (typed) => [{ name: typed, value: 'p1' }],
};

const defineCommand = commandsOver<Access>();
const grant = defineCommand({
  name: 'grant',
  description: 'Give a person a library',
  allow: 'moderator',
  private: true,
  options: {
    person: text('Who gets it', { suggest: ({ access: a, typed }) => a.people(typed) }),
    from: optional(when('From when; empty means now')),
    until: optional(when('Until when; empty means until taken away')),
    how: optional(choice('How', { fast: 'Fast', slow: 'Slow' })),
  },
  run: async ({ values }) => {
    // The types of the values are the claim here: this compiles only when they are inferred.
    const until: Date | null = values.until;
    const how: 'fast' | 'slow' | null = values.how;
    await Promise.resolve();
    return { tone: 'done', text: `${values.person} ${until?.toISOString() ?? '-'} ${how ?? '-'}` };
  },
});
const read = (name: string, raw: string | null, values = {}): unknown => {
  const option = grant.options[name] as Option<unknown, Access>;
  return option.read(raw, { access, values, name });
};

describe('a command', () => {
  test('gets its values typed from its options', async () => {
    const values = {
      person: 'Mara',
      from: null,
      until: new Date('2027-01-01T00:00Z'),
      how: 'slow',
    };
    const actor = { kind: 'member', userId: '1' as never, power: 'moderator' } as const;
    expect(await (grant.run({ values, actor, access }) as Promise<unknown>)).toEqual({
      tone: 'done',
      text: 'Mara 2027-01-01T00:00:00.000Z slow',
    });
  });

  test('with a required option after an optional one cannot be defined', () => {
    const options = { a: optional(text<Access>('A')), b: text<Access>('B') };
    const run = () => Promise.resolve({ tone: 'done', text: '' } as const);
    expect(() =>
      defineCommand({
        name: 'x',
        description: 'X',
        allow: 'everyone',
        private: true,
        options,
        run,
      }),
    ).toThrow('required option');
  });
});

describe('an option', () => {
  test.each([null, '', '  '])('that is optional and given as %j is null', (raw) => {
    expect(read('until', raw)).toBeNull();
  });

  test('of text is trimmed', () => expect(read('person', ' mara ')).toBe('mara'));

  test('of time is read by the access, an end counting from the start', () => {
    const from = new Date('2027-01-01T00:00Z');
    expect(read('from', '2027-01-01T00:00Z')).toEqual(from);
    expect(read('until', 'next', { from })).toEqual(new Date(+from + 1));
  });

  test('of time lets the refusal of the access through', () => {
    expect(() => read('from', 'soon')).toThrow(new UserError('when', 'not a time: from'));
  });

  test('of time suggests ends that count from the start typed before', async () => {
    const suggest = (name: string, values: Record<string, string>) =>
      grant.options[name]?.suggest?.({ access, typed: '1d', values, name });
    expect(await suggest('until', { from: '2027-01-01T00:00Z' })).toEqual([
      { name: '{"as":"until","from":"2027-01-01T00:00:00.000Z"}', value: '1d' },
    ]);
    expect(await suggest('from', {})).toEqual([{ name: '{"as":"from"}', value: '1d' }]);
  });

  test('of choices takes nothing else', () => {
    expect(read('how', 'fast')).toBe('fast');
    expect(() => read('how', 'toString')).toThrow();
  });
});

test('a button edits its message unless it says otherwise', () => {
  const run = () => Promise.resolve({ tone: 'done', text: '' } as const);
  const defineButton = buttonsOver<Access>();
  expect(defineButton({ name: 'end', allow: 'admin', run }).answers).toBe('in-place');
  expect(defineButton({ name: 'end', allow: 'admin', answers: 'private', run }).answers).toBe(
    'private',
  );
});
