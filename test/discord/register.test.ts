import { describe, expect, test } from 'vitest';
import { commandsOver, choice, member, optional, role, text } from '../../src/commands/command.js';
import { asDiscord } from '../../src/discord/register.js';

const define = commandsOver<object>();
const run = () => Promise.resolve({ tone: 'done', text: '' } as const);
const plain = { allow: 'everyone', private: true, options: {}, run } as const;

describe('declared commands in the shape of Discord', () => {
  test('are grouped by the words of their names', () => {
    const commands = ['sync', 'library list', 'library default add', 'library default remove'].map(
      (name) => define({ ...plain, name, description: `Do ${name}` }),
    );
    expect(asDiscord(commands, 'guild')).toEqual([
      { name: 'sync', description: 'Do sync', options: [] },
      {
        name: 'library',
        description: 'library: list, default add, default remove',
        options: [
          { type: 1, name: 'list', description: 'Do library list', options: [] },
          {
            type: 2,
            name: 'default',
            description: 'library default: default add, default remove',
            options: [
              { type: 1, name: 'add', description: 'Do library default add', options: [] },
              { type: 1, name: 'remove', description: 'Do library default remove', options: [] },
            ],
          },
        ],
      },
    ]);
  });

  test('stand in the menu of a member too, where they say so', () => {
    const command = define({
      ...plain,
      name: 'look at',
      description: 'Look',
      onMember: { label: 'Look at them', option: 'who' },
      options: { who: text('Whom') },
    });
    const [typed, onMember] = asDiscord([command], 'global');
    expect(typed).toMatchObject({ name: 'look' });
    expect(onMember).toEqual({
      type: 2,
      name: 'Look at them',
      contexts: [0],
      integration_types: [0],
    });
  });

  test('keep kind, choices, length and autocomplete of their options', () => {
    const command = define({
      ...plain,
      name: 'all',
      description: 'All',
      options: {
        person: text('Who', { suggest: () => [] }),
        who: member('Whom'),
        role: role('Which'),
        power: choice('How', { admin: 'Admin' }),
        reason: optional(text('Why', { maxLength: 200 })),
      },
    });
    expect(asDiscord([command], 'guild')).toHaveProperty('0.options', [
      { type: 3, name: 'person', description: 'Who', required: true, autocomplete: true },
      { type: 6, name: 'who', description: 'Whom', required: true },
      { type: 8, name: 'role', description: 'Which', required: true },
      {
        type: 3,
        name: 'power',
        description: 'How',
        required: true,
        choices: [{ name: 'Admin', value: 'admin' }],
      },
      { type: 3, name: 'reason', description: 'Why', required: false, max_length: 200 },
    ]);
  });

  test('are confined to guilds when they are global, and hidden only where declared so', () => {
    const commands = [
      define({ ...plain, name: 'setup', description: 'Set up', needsManageServer: true }),
      define({ ...plain, name: 'help', description: 'Help' }),
    ];
    expect(asDiscord(commands, 'global')).toEqual([
      {
        name: 'setup',
        description: 'Set up',
        options: [],
        default_member_permissions: '32',
        contexts: [0],
        integration_types: [0],
      },
      { name: 'help', description: 'Help', options: [], contexts: [0], integration_types: [0] },
    ]);
  });

  test('cannot be a command and its own subcommand', () => {
    const commands = ['access', 'access show'].map((name) =>
      define({ ...plain, name, description: name }),
    );
    expect(() => asDiscord(commands, 'guild')).toThrow('/access');
  });
});
