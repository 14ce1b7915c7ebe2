import { IANAZone } from 'luxon';
import { brakeWords } from '../core/brake.js';
import { policyWords } from '../core/caseWords.js';
import { UserError } from '../core/errors.js';
import type { EndPolicy } from '../core/model.js';
import { bold, escapeName } from '../core/text.js';
import type { GuildRow } from '../store/rows.js';
import { brake } from './brake.js';
import type { Held } from './brake.js';
import { policyLoss } from './policyLoss.js';
import { fixedOf } from './environment.js';
import { findServer } from './findServer.js';
import { note } from './note.js';
import type { Parts, Standing } from './parts.js';
import type { Told } from './tell.js';

/** What is to happen when the last library of somebody on a server ends. */
export interface PolicyWish {
  /** A server's id, or its name typed whole. */
  readonly server: string;
  readonly policy: EndPolicy;
  /** What removing people ends beside has been shown, and is wanted. */
  readonly confirmed: boolean;
  /** A second Admin agreed to what that takes. */
  readonly isAgreed?: boolean;
}

export type PolicyOutcome =
  | { readonly kind: 'done'; readonly told: Told }
  | { readonly kind: 'ask'; readonly text: string }
  | Held;

/** Chooses a server's end policy; *remove* only after its warning was shown. */
export async function setEndPolicy(
  parts: Parts,
  standing: Standing,
  { server: typed, policy, confirmed, isAgreed = false }: PolicyWish,
): Promise<PolicyOutcome> {
  const server = await findServer(parts.store, standing.guildId, typed);
  const { id, name, endPolicy: before } = server;
  if (before === policy) {
    throw new UserError(
      'set-already',
      `That is what happens on ${bold(name)} already: ${policyWords[policy]}.`,
    );
  }
  if (policy === 'remove' && !confirmed) {
    return {
      kind: 'ask',
      text:
        `When the last library of a friend on ${bold(name)} ends, that friend is then removed: it ends the friendship, ` +
        `and with it everything on all other servers of the same owner. Who was given something there, and members of the Plex Home, only lose ${bold(name)}.`,
    };
  }
  if (!isAgreed) {
    const loss = await policyLoss(parts, server, policy);
    const wish = { server: id, policy };
    const held = await brake(parts, standing, { kind: 'end-policy', wish, loss });
    if (held) return held;
  }
  const facts = { type: 'policy.changed', server: name, before, after: policy } as const;
  const told = await note(parts, standing, {
    facts,
    personId: null,
    change: async (tables) => {
      await tables.servers.set(id, { endPolicy: policy });
      // What waited for a default to keep may be able to end now.
      await tables.shares.hurry(id, parts.clock.now());
    },
  });
  parts.wakeAt(id, parts.clock.now());
  return { kind: 'done', told };
}

/** Lets members of the owner's Plex Home be given libraries, or leaves them alone again. */
export const setHomeUsers = (parts: Parts, standing: Standing, on: boolean): Promise<Told> =>
  switchTo(parts, standing, { setting: 'Members of the Plex Home', name: 'homeUsers', on });

/** Tells people by direct message what concerns them, or does not. */
export const setDms = (parts: Parts, standing: Standing, on: boolean): Promise<Told> =>
  switchTo(parts, standing, {
    setting: 'Direct messages to the people concerned',
    name: 'dms',
    on,
  });

const ON = { true: 'on', false: 'off' } as const;

async function switchTo(
  parts: Parts,
  standing: Standing,
  { setting, name, on }: { setting: string; name: 'homeUsers' | 'dms'; on: boolean },
): Promise<Told> {
  const before = (await guildOf(parts, standing))[name];
  if (before === on) throw setAlready(setting, ON[`${on}`]);
  const facts = {
    type: 'setting.changed',
    setting,
    before: ON[`${before}`],
    after: ON[`${on}`],
  } as const;
  const change = { [name]: on };
  return note(parts, standing, {
    facts,
    personId: null,
    change: (tables) => tables.guilds.set(standing.guildId, change),
  });
}

/** What is chosen is so already: no case is made of nothing. */
export const setAlready = (setting: string, value: string): UserError =>
  new UserError('set-already', `${setting}: ${escapeName(value)}. That is so already.`);

/** Chooses from how many people one act may take access before a second Admin must agree. */
export async function setBrake(
  parts: Parts,
  standing: Standing,
  typed: { readonly people: string; readonly percent: string },
): Promise<Told> {
  const after = { people: numberIn(typed.people, 1_000), percent: numberIn(typed.percent, 100) };
  const { brakePeople, brakePercent } = await guildOf(parts, standing);
  const before = { people: brakePeople, percent: brakePercent };
  const setting = 'A second Admin must agree when access is taken at once from';
  if (after.people === before.people && after.percent === before.percent) {
    throw setAlready(setting, brakeWords(before));
  }
  const facts = {
    type: 'setting.changed',
    setting,
    before: brakeWords(before),
    after: brakeWords(after),
  } as const;
  const change = { brakePeople: after.people, brakePercent: after.percent };
  return note(parts, standing, {
    facts,
    personId: null,
    change: (tables) => tables.guilds.set(standing.guildId, change),
  });
}

function numberIn(typed: string, most: number): number {
  const text = typed.trim();
  const value = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (value >= 0 && value <= most) return value;
  throw new UserError(
    'no-number',
    `"${escapeName(text)}" is no whole number from 0 to ${most}. Type one, such as 5.`,
  );
}

/** The guild that somebody stands in. */
export async function guildOf({ store }: Parts, { guildId }: Standing): Promise<GuildRow> {
  const guild = await store.guilds.find(guildId);
  if (!guild) throw new Error(`guild ${guildId} is not known`);
  return guild;
}

const UTC = 'UTC';

/** The zone as the world writes it, whatever the case it was typed in. */
function zoneOf(typed: string): string {
  const name = typed.trim();
  // An offset is no zone: it knows nothing of summer time.
  const isName = /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);
  if (!isName) {
    throw new UserError(
      'unknown-zone',
      `"${escapeName(name)}" is no time zone. Name one by continent and city, such as Europe/Berlin or America/New_York.`,
    );
  }
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
  // Intl answers with the oldest name of a zone: Asia/Calcutta for Asia/Kolkata.
  return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
}

/** Chooses the zone in which days are cut and times are read. No grant moves by it. */
export async function setTimeZone(parts: Parts, standing: Standing, typed: string): Promise<Told> {
  if ((await fixedOf(parts.store, standing.guildId)).has('time-zone')) {
    throw new UserError(
      'set-by-environment',
      'The time zone is set by environment: TIME_ZONE. Change it there, and start Usher again.',
    );
  }
  const zone = zoneOf(typed);
  const { timeZone } = await guildOf(parts, standing);
  if (timeZone === zone) throw setAlready('Time zone', zone);
  const before = timeZone ?? `${UTC}, because nobody had chosen one`;
  const facts = { type: 'setting.changed', setting: 'Time zone', before, after: zone } as const;
  return note(parts, standing, {
    facts,
    personId: null,
    change: (tables) => tables.guilds.set(standing.guildId, { timeZone: zone }),
  });
}
