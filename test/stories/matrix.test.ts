import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buttons, commands } from '../../src/commands/registry.js';
import type { Power } from '../../src/core/model.js';
import { atLeast, powerName } from '../../src/core/power.js';
import { ids } from '../../sim/tour/world.js';
import { forEach, Matrix, OTHERS, pairs, seats, SECRET, type Seat, type Seen } from './matrix.js';

const WITHIN = { timeout: 120_000 };
let matrix: Matrix;

beforeAll(async () => {
  matrix = await Matrix.start();
});
afterAll(() => matrix.stop());

const everyOption = commands.flatMap((command) =>
  Object.entries(command.options)
    .filter(([, option]) => option.suggest !== undefined)
    .map(([option]) => ({ command, option })),
);
const here = seats.filter(({ place }) => place === 'guild');
const isOwner = ({ name }: Seat) => name.includes('owner');
const mayLook = ({ power, place }: Seat) => place === 'guild' && atLeast(power, 'auditor');

/** What must hold of any answer, whoever gets it. */
function mustBePolite(seen: Seen, who: Seat, what: string): void {
  const label = `${what} by ${who.name}`;
  expect(seen.isAnswered, `${label} is answered`).toBe(true);
  if (!mayLook(who)) expect(seen.words, `${label} tells no names`).not.toMatch(SECRET);
}

/** A refusal for want of power: private, and it names the role that is needed. */
function mustRefuse(seen: Seen, allow: Power, what: string): void {
  const needed = allow === 'everyone' ? 'nothing' : powerName[allow];
  expect(seen.words, what).toContain(`You need ${needed} to `);
  expect(seen.words, `${what} tells no names`).not.toMatch(SECRET);
  expect(seen.isPrivate, `${what} is refused in private`).toBe(true);
}

describe('commands', () => {
  test('do as commands.md says, for everybody, here and in another guild', WITHIN, async () => {
    await forEach(pairs(commands, seats), async ([command, who]) => {
      const what = `/${command.name}`;
      if (command.needsManageServer && !isOwner(who)) {
        // Hidden by Discord itself from whoever may not manage the Discord server.
        await expect(matrix.run(command, who), what).rejects.toThrow(/422/);
        return;
      }
      const seen = await matrix.run(command, who);
      mustBePolite(seen, who, what);
      if (!atLeast(who.power, command.allow)) mustRefuse(seen, command.allow, what);
      else if (command.allow !== 'everyone') expect(seen.words, what).not.toContain('You need');
    });
  });

  test('in the menu of a member ask for the same power', WITHIN, async () => {
    const inMenus = commands.flatMap((one) => (one.onMember ? [{ ...one, ...one.onMember }] : []));
    expect(inMenus.length).toBeGreaterThan(0);
    await forEach(pairs(inMenus, seats), async ([{ label, allow }, who]) => {
      const seen = await matrix.runOnMember(label, who);
      mustBePolite(seen, who, label);
      if (!atLeast(who.power, allow)) mustRefuse(seen, allow, label);
      else expect(seen.words, label).not.toContain('You need');
    });
  });

  test('cannot be used in a direct message', WITHIN, async () => {
    const alone: Seat = { name: 'alone', user: ids.moderator, power: 'everyone', place: null };
    await forEach(commands, async (command) => {
      await expect(matrix.run(command, alone)).rejects.toThrow(/422/);
    });
  });

  test('suggest something to those who may look, and nothing to others', WITHIN, async () => {
    let told = 0;
    await forEach(pairs(everyOption, seats), async ([{ command, option }, who]) => {
      const seen = await matrix.suggest(command.name, option, who);
      const what = `/${command.name} ${option}`;
      mustBePolite(seen, who, what);
      const isNaming = SECRET.test(seen.words);
      if (isNaming) told += 1;
      if (!atLeast(who.power, command.allow)) expect(seen.choices, what).toEqual([]);
    });
    expect(told).toBeGreaterThan(10);
  });
});

describe('buttons, menus and forms', () => {
  test('ask for the power of whoever uses them, here and in another guild', WITHIN, async () => {
    const kinds = ['button', 'select'] as const;
    await forEach(pairs(pairs(buttons, kinds), seats), async ([[button, kind], who]) => {
      const offered = await matrix.offer(button, { as: kind }, who.place);
      const seen = await (kind === 'button'
        ? matrix.press(offered, who.user)
        : matrix.select(offered, who.user));
      const what = `${kind} ${button.name}`;
      mustBePolite(seen, who, what);
      if (!atLeast(who.power, button.allow)) mustRefuse(seen, button.allow, what);
      else expect(seen.words, what).not.toContain('You need');
    });
  });

  test('are refused to somebody else, and left for whom they are meant', WITHIN, async () => {
    await forEach(pairs(buttons, here), async ([button, who]) => {
      const mine = here.find(({ user, power }) => user !== who.user && power === who.power);
      if (!mine || !atLeast(who.power, button.allow)) return;
      const offered = await matrix.offer(button, { for: mine.user });
      const seen = await matrix.press(offered, who.user);
      mustBePolite(seen, who, button.name);
      expect(seen.words).toContain(`This button is for <@${mine.user}>`);
      expect(seen.isPrivate).toBe(true);
      const meant = await matrix.press(offered, mine.user);
      expect(meant.words, button.name).not.toContain('no longer valid');
    });
  });

  test(
    'are politely over: unknown, expired, of another guild, of another name',
    WITHIN,
    async () => {
      const id = 'once-and-never-again';
      await matrix.offer({ name: 'somebody-elses' }, { id });
      const over = [{ over: true }, { guild: OTHERS.guild }, { id }];
      await forEach(pairs(buttons, over), async ([button, ask]) => {
        const seen = await matrix.press(await matrix.offer(button, ask), ids.admin);
        expect(seen.words, `${button.name} ${JSON.stringify(ask)}`).toContain('no longer valid');
      });
      for (const name of ['never-was', '__proto__', '']) {
        const seen = await matrix.press(await matrix.offer({ name }, {}), ids.admin);
        expect(seen.words, name).toContain('no longer valid');
      }
    },
  );

  test('do nothing in a direct message', WITHIN, async () => {
    await forEach(buttons, async (button) => {
      const seen = await matrix.press(await matrix.offer(button, {}, null), ids.stranger);
      expect(seen.words, button.name).toContain('works only in the Discord server');
      expect(seen.words, button.name).not.toMatch(SECRET);
    });
  });

  test(
    'of a form ask again when it is sent: its opener may have lost the role',
    WITHIN,
    async () => {
      const { discord } = matrix.story.world;
      const setRoles = (roles: readonly string[]) =>
        discord.act('setRoles', { guild: ids.guild, user: ids.admin, roles });
      for (const button of buttons.filter((one) => one.modal !== undefined)) {
        const offered = await matrix.offer(button, {});
        const opened = await matrix.press(offered, ids.admin);
        if (!opened.modal) continue;
        await setRoles([]);
        const seen = await matrix.submit(offered, opened.modal, ids.admin);
        await setRoles([ids.adminRole]);
        mustRefuse(seen, button.allow, `the form ${button.name}`);
      }
    },
  );
});

describe('while the guild is unavailable, and roles cannot be known', () => {
  beforeAll(() => matrix.story.world.discord.act('guildUnavailable', { guild: ids.guild }));
  afterAll(() => matrix.story.world.discord.act('guildAvailable', { guild: ids.guild }));

  test('every command is refused with a word on why, and suggests nothing', WITHIN, async () => {
    await forEach(pairs(commands, here), async ([command, who]) => {
      if (command.needsManageServer && !isOwner(who)) return; // hidden, as above
      const seen = await matrix.run(command, who);
      expect(seen.words, `/${command.name}`).toContain('Discord does not tell me roles right now');
      expect(seen.words, `/${command.name}`).not.toMatch(SECRET);
      expect(seen.isPrivate).toBe(true);
    });
    await forEach(pairs(everyOption, here), async ([{ command, option }, who]) => {
      const seen = await matrix.suggest(command.name, option, who);
      expect(seen.choices, `/${command.name} ${option}`).toEqual([]);
    });
  });

  test('every button is refused, and still there afterwards', WITHIN, async () => {
    await forEach(pairs(buttons, here), async ([button, who]) => {
      const seen = await matrix.press(await matrix.offer(button, {}), who.user);
      expect(seen.words, button.name).toContain('Discord does not tell me roles right now');
    });
  });
});
