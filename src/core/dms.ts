import type { DiscordUserId } from './model.js';
import { bold, dateTime, fullTime, listed } from './text.js';
import type { Tone } from './text.js';

/** One library of which the person concerned is told. */
export interface DmPart {
  readonly kind: 'began' | 'ending' | 'ended';
  readonly library: string;
  readonly server: string;
  /** began, ending: when it ends; null = no end. ended: when it did. */
  readonly at: Date | null;
  /** Whom to ask; null: any moderator. */
  readonly ask: DiscordUserId | null;
  /** Plex waits for the person to accept the invite. */
  readonly isInvite: boolean;
}

const wording: Record<DmPart['kind'], (part: DmPart, what: string, ask: string) => string> = {
  began: ({ at, isInvite }, what) => {
    const end = at === null ? '' : ` until ${fullTime(at)}`;
    return isInvite
      ? `You are invited to ${what}${end}. Accept the invite of Plex to watch it.`
      : `You can watch ${what}${end}.`;
  },
  ending: ({ at }, what, ask) =>
    `Your access to ${what} ends ${at === null ? 'soon' : fullTime(at)}. Ask ${ask} if you need longer.`,
  ended: ({ at }, what, ask) =>
    `Your access to ${what} ended ${at === null ? 'now' : dateTime(at)}. Ask ${ask} if you need it again.`,
};

const tones: Record<DmPart['kind'], Tone> = { began: 'done', ending: 'neutral', ended: 'gone' };

const alike = ({ kind, server, at, ask, isInvite }: DmPart): string =>
  JSON.stringify([kind, server, at, ask, isInvite]);

/** What the person concerned reads: a sentence for all libraries of which the same is to be said. */
export function tellDm(parts: readonly DmPart[]): { readonly tone: Tone; readonly text: string } {
  const groups = new Map<string, DmPart[]>();
  for (const part of parts) groups.set(alike(part), [...(groups.get(alike(part)) ?? []), part]);
  const lines = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const libraries = listed([...new Set(group.map((part) => part.library))]);
    const ask = first.ask === null ? 'a moderator' : `<@${first.ask}>`;
    return wording[first.kind](first, `${libraries} on ${bold(first.server)}`, ask);
  });
  const kinds = new Set(parts.map((part) => part.kind));
  const [only] = kinds;
  return { tone: only && kinds.size === 1 ? tones[only] : 'neutral', text: lines.join('\n') };
}
