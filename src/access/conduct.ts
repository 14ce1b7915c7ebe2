import type { CaseFacts } from '../core/cases.js';
import { UserError } from '../core/errors.js';
import type { CaseId } from '../core/model.js';
import { escapeName } from '../core/text.js';
import type { GuildRow } from '../store/rows.js';
import { openFile } from './caseFiles.js';
import { headOf, note } from './note.js';
import type { Parts, Standing } from './parts.js';
import { openCase } from './record.js';
import { minutesWords, rhythmWords } from './rhythm.js';
import { guildOf, setAlready } from './settings.js';
import { tellFiles } from './tell.js';
import type { Told } from './tell.js';
import { sweepRhythm } from './timetable.js';

/** When Usher looks by itself, as typed; null: that is left as it is. */
export interface RhythmWish {
  /** Minutes from one sweep to the next. */
  readonly every: string | null;
  /** HH:MM: one sweep a day. */
  readonly daily: string | null;
  /** Minutes from one sync to the next. */
  readonly sync: string | null;
}

const LEAST = 5;
const MOST = 24 * 60;

/** Chooses how often everybody is looked at again, and how often Plex is read. Both or none are stored. */
export async function setRhythm(
  parts: Parts,
  standing: Standing,
  { every, daily, sync }: RhythmWish,
): Promise<Told> {
  if (every !== null && daily !== null) {
    throw new UserError(
      'every-or-daily',
      'A sweep is either every so many minutes or once a day. Leave one of the two empty.',
    );
  }
  if (every === null && daily === null && sync === null) {
    throw new UserError(
      'no-rhythm',
      'Nothing was chosen. Type minutes for `every`, a time such as 04:30 for `daily`, or minutes for `sync`.',
    );
  }
  const change = {
    ...(every !== null && { sweepEvery: minutesIn(every), sweepAt: null }),
    ...(daily !== null && { sweepAt: timeIn(daily) }),
    ...(sync !== null && { syncEvery: minutesIn(sync) }),
  };
  const guild = await guildOf(parts, standing);
  const changed = differences(guild, { ...guild, ...change });
  const [first] = changed;
  if (!first) throw setAlready('Sweep and sync', wordsOf(guild).sweep);
  const { store, clock } = parts;
  const ids = await store.transaction(async (tables) => {
    await tables.guilds.set(standing.guildId, change);
    const cases: CaseId[] = [];
    for (const facts of changed) {
      cases.push(await openCase(tables, headOf(standing, clock.now()), facts));
    }
    return cases;
  });
  parts.knock(standing.guildId);
  const files = await Promise.all(ids.map((id) => openFile(store, id)));
  return tellFiles(files, clock.now());
}

/** When Usher looks and reads by itself, in words. */
export const wordsOf = (guild: GuildRow) => ({
  sweep: rhythmWords(sweepRhythm(guild)) + zoneWords(guild),
  sync: `every ${minutesWords(guild.syncEvery)}`,
});

const zoneWords = ({ sweepAt, timeZone }: GuildRow): string =>
  sweepAt === null ? '' : ` in ${timeZone ?? 'UTC, because nobody has chosen a zone'}`;

function differences(before: GuildRow, after: GuildRow): readonly CaseFacts[] {
  const [was, is] = [wordsOf(before), wordsOf(after)];
  const of = (setting: string, name: 'sweep' | 'sync'): readonly CaseFacts[] =>
    was[name] === is[name]
      ? []
      : [{ type: 'setting.changed', setting, before: was[name], after: is[name] }];
  return [...of('Sweep', 'sweep'), ...of('Sync', 'sync')];
}

function minutesIn(typed: string): number {
  const minutes = /^\d{1,4}$/.test(typed.trim()) ? Number(typed) : NaN;
  if (minutes >= LEAST && minutes <= MOST) return minutes;
  throw new UserError(
    'no-minutes',
    `"${escapeName(typed)}" is no number of minutes from ${LEAST} to ${MOST}. Type one, such as 15.`,
  );
}

function timeIn(typed: string): string {
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d\d)$/.exec(typed.trim()) ?? [];
  if (hour !== '' && Number(hour) < 24 && Number(minute) < 60) {
    return `${hour.padStart(2, '0')}:${minute}`;
  }
  throw new UserError(
    'no-time-of-day',
    `"${escapeName(typed)}" is no time of day. Type hours and minutes, such as 04:30 or 23:15.`,
  );
}

const STREAMS = {
  finish: 'go on to their end',
  stop: 'are stopped once Plex shows the library gone',
} as const;

/** What becomes of streams, as it follows on "Streams of what was taken". */
export const streamsWords = STREAMS;

/** Lets a stream whose library was taken go on to its end, or stops it once Plex has shown the library gone. */
export async function setStreams(
  parts: Parts,
  standing: Standing,
  streams: GuildRow['streams'],
): Promise<Told> {
  const { streams: before } = await guildOf(parts, standing);
  const setting = 'Streams of what was taken';
  if (before === streams) throw setAlready(setting, STREAMS[streams]);
  const facts: CaseFacts = {
    type: 'setting.changed',
    setting,
    before: STREAMS[before],
    after: STREAMS[streams],
  };
  const change = { streams };
  return note(parts, standing, {
    facts,
    personId: null,
    change: (tables) => tables.guilds.set(standing.guildId, change),
  });
}
