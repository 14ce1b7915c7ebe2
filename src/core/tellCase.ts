import { told } from './caseWords.js';
import { librariesOf } from './cases.js';
import type { Case, CaseFacts } from './cases.js';
import { caseState, isOvertaken, latest, receiptLine } from './receipts.js';
import type { CaseState, Receipt } from './receipts.js';
import { MOST_LISTED, escapeText, exactTime, shorten } from './text.js';
import type { Tone } from './text.js';

const LONGEST_REASON = 200;
/** Three cases told in full fit into one message of Discord, with room for what stands beside them. */
const LONGEST_CASE = 1_200;

/** The fixed words of each state. */
export const stateWord: Readonly<Record<CaseState, string>> = {
  recorded: 'Recorded',
  seen: 'Seen in Plex',
  gone: 'Gone from Plex',
  refused: 'Refused',
  open: 'Still open',
};

/** The symbol of each state. */
export const toneOf: Readonly<Record<CaseState, Tone>> = {
  recorded: 'waiting',
  seen: 'done',
  gone: 'gone',
  refused: 'refused',
  open: 'attention',
};

/** `Case 41 · Seen in Plex <t:…>`: the fixed words that end every message about a case. */
export function caseWord(c: Case, receipts: readonly Receipt[], now: Date): string {
  const state = caseState(receipts, now);
  const at =
    (state === 'seen' || state === 'gone' ? latest(receipts.map((r) => r.seenAt)) : null) ?? c.at;
  return `Case ${c.number} · ${stateWord[state]} ${exactTime(at)}`;
}

/** Who did it, and why; "" when Usher did, for no reason that somebody gave. */
export function whyLine({ actor, reason }: Case): string {
  const by = actor === null ? null : `By <@${actor}>`;
  const why = reason === null ? null : `Why: ${escapeText(reason, LONGEST_REASON)}`;
  return [by, why].filter((part) => part !== null).join(' · ');
}

/** An invite that was to be withdrawn had been accepted already: the default stays, and its removal gave way. */
function acceptedBefore(c: Case, receipts: readonly Receipt[]): Case {
  const { facts } = c;
  const isKept = receipts.some(gaveWay) && receipts.some((r) => r.seenAt !== null);
  return 'invitation' in facts && isKept ? { ...c, facts: { ...facts, invitation: false } } : c;
}

const gaveWay = ({ want, closedAs, seenAt }: Receipt): boolean =>
  want === 'remove' && closedAs === 'replaced' && seenAt === null;

/** One case told to the audit channel or to its asker: markdown, safe to post. Its fixed words are never cut off. */
export function tellCase(
  c: Case,
  receipts: readonly Receipt[],
  now: Date,
): { readonly tone: Tone; readonly text: string; readonly isWhole: boolean } {
  const state = caseState(receipts, now);
  const refused = receipts.find((r) => r.closedAs === 'refused')?.why;
  const lines = [
    told(acceptedBefore(c, receipts), state),
    whyLine(c),
    state === 'refused'
      ? `Plex refused${refused ? `: ${escapeText(refused, LONGEST_REASON)}` : '.'}`
      : '',
    state === 'open' ? 'Plex does not show it yet. I try again until it does.' : '',
    state === 'recorded' && isOvertaken(receipts) ? 'A later case took its place.' : '',
    receiptLine(receipts) ?? '',
  ];
  const word = `-# ${caseWord(c, receipts, now)}`;
  const body = lines.filter((line) => line !== '').join('\n');
  const room = LONGEST_CASE - word.length - 1;
  return {
    tone:
      state === 'seen' && c.waiting
        ? 'waiting'
        : isSettled(c)
          ? 'neutral'
          : caseTone(c.facts, receipts, state),
    text: `${shorten(body, room)}\n${word}`,
    isWhole: body.length <= room && librariesOf(c.facts).length <= MOST_LISTED,
  };
}

/** A difference in Plex that needs nobody any more; what came back after a revoke stays red. */
const isSettled = ({ facts, drift }: Case): boolean =>
  facts.type === 'drift.found' && (drift === 'over' || drift === 'decided');

/** What one glance at a case must tell. */
export function caseTone(facts: CaseFacts, receipts: readonly Receipt[], state: CaseState): Tone {
  // What must never happen is told in red, also once it is put right.
  if (facts.type === 'accident.undone' || facts.type === 'drift.cameBack') return 'alarm';
  if (receipts.length === 0) return quietTone(facts);
  return state === 'recorded' && isOvertaken(receipts) ? 'neutral' : toneOf[state];
}

/** A case that changes nothing in Plex by itself. */
function quietTone(facts: CaseFacts): Tone {
  if (facts.type === 'grant.created') return 'waiting';
  if (facts.type === 'grant.changed' || facts.type === 'drift.adopted') return 'done';
  if (facts.type === 'invite.accepted') return 'done';
  const needsSomebody = ['drift.found', 'share.gone', 'policy.stuck'].includes(facts.type);
  return needsSomebody ? 'attention' : 'neutral';
}
