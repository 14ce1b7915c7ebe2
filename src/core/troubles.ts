import { bold, dateTime, fullTime, listed } from './text.js';
import type { Tone } from './text.js';

/** What can stand wrong until somebody or something changes it. */
export type TroubleKind =
  | 'plex-token'
  | 'plex-retired'
  | 'plex-forbidden'
  | 'plex-unreachable'
  | 'audit-channel'
  | 'sweep-overdue'
  | 'clock-off';

/** Something that stands wrong, as it is told. */
export interface Trouble {
  readonly kind: TroubleKind;
  /** The channel, for `audit-channel`. */
  readonly subject: string;
  /** Names of the Plex servers concerned. */
  readonly servers: readonly string[];
  /** Of a channel: gone, forbidden, history. Of a clock: by how many seconds. */
  readonly detail: string | null;
  readonly since: Date;
  /** null: it stands. */
  readonly until: Date | null;
  /** What can only be changed where Usher runs, not in Discord. */
  readonly isFixed: boolean;
}

/** While one of these stands, nothing that ends is carried out: people are told of it directly, once. */
export const KEEPS_ENDS: readonly TroubleKind[] = [
  'plex-token',
  'plex-retired',
  'plex-forbidden',
  'plex-unreachable',
];

const where = ({ servers }: Trouble): string =>
  servers.length === 0 ? 'the Plex server' : listed(servers);

const channelWords: Record<string, (channel: string) => string> = {
  gone: () => 'The audit channel was deleted.',
  forbidden: (channel) => `I am not allowed to write in ${channel}.`,
  history: (channel) => `I am not allowed to read back in ${channel} what I wrote.`,
};

interface Wording {
  /** What is wrong. */
  readonly what: (trouble: Trouble) => string;
  /** What to do about it, or what Usher does. */
  readonly way: (trouble: Trouble) => string;
  /** What is right again. */
  readonly over: (trouble: Trouble) => string;
}

const permissions = 'View Channel, Send Messages, Attach Files and Read Message History';

const wording: Readonly<Record<TroubleKind, Wording>> = {
  'plex-token': {
    what: (t) =>
      `Plex no longer accepts the sign-in for ${where(t)}: nothing begins or ends there.`,
    way: (t) =>
      t.isFixed
        ? 'Give Usher a new PLEX_TOKEN and start it again.'
        : 'Connect it again with /setup.',
    over: (t) => `Plex accepts the sign-in for ${where(t)} again.`,
  },
  'plex-retired': {
    what: (t) =>
      `Plex no longer offers what Usher needs for ${where(t)}: nothing begins or ends there.`,
    way: () => 'Look for a newer Usher; I try again every hour.',
    over: (t) => `Plex takes changes for ${where(t)} again.`,
  },
  'plex-forbidden': {
    what: (t) => `Plex forbids changes to ${where(t)}: nothing begins or ends there.`,
    way: () => 'Look whether the account that owns it may still share it; I try again every hour.',
    over: (t) => `Plex takes changes for ${where(t)} again.`,
  },
  'plex-unreachable': {
    what: (t) => `Plex does not answer for ${where(t)}: nothing begins or ends there.`,
    way: () => 'I try again until it does, and carry out then what is due.',
    over: (t) => `Plex answers for ${where(t)} again, and what was due is carried out.`,
  },
  'audit-channel': {
    what: (t) =>
      (channelWords[t.detail ?? ''] ?? channelWords.forbidden)?.(`<#${t.subject}>`) ?? '',
    way: (t) =>
      t.detail === 'gone'
        ? `${t.isFixed ? 'Give Usher another AUDIT_CHANNEL_ID' : 'Choose another with /setup'}; what is owed is kept until then.`
        : `Allow me ${permissions} there; what is owed is kept until then.`,
    over: () => 'The audit channel can be written to again; what was owed follows.',
  },
  'sweep-overdue': {
    what: (t) => `Nobody on ${where(t)} could be looked at for three rounds.`,
    way: () => 'Look whether Plex answers, or use /sweep now.',
    over: (t) => `Everybody on ${where(t)} is looked at again.`,
  },
  'clock-off': {
    what: (t) =>
      `The clock of the machine that runs Usher is off by ${t.detail ?? 'some'} seconds.`,
    way: () => 'Set it by a time server; meanwhile the database’s clock counts.',
    over: () => 'The clock of the machine that runs Usher is right again.',
  },
};

/** The one message about a trouble, while it stands and when it is over. */
export function tellTrouble(t: Trouble): { readonly tone: Tone; readonly text: string } {
  const { what, way, over } = wording[t.kind];
  if (t.until === null) {
    const lines = [what(t), way(t), `-# Standing since ${fullTime(t.since)}`];
    return { tone: 'attention', text: lines.join('\n') };
  }
  const lines = [over(t), `-# Stood from ${dateTime(t.since)} to ${dateTime(t.until)}`];
  return { tone: 'done', text: lines.join('\n') };
}

/** The same in one line, for the foot of an answer. */
export function troubleLine(t: Trouble): string {
  const { what, way } = wording[t.kind];
  return `${what(t)} ${way(t)} Since ${dateTime(t.since)}.`;
}

/** The same for a direct message, which does not say by itself what it is about. */
export const troubleDm = (t: Trouble, guild: string | null): string =>
  `${wording[t.kind].what(t)} ${wording[t.kind].way(t)} Since ${fullTime(t.since)}.` +
  (guild === null ? '' : `\n-# ${bold(guild)}`);
