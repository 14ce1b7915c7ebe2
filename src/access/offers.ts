import type { Case, CaseFacts } from '../core/cases.js';
import type { Json } from '../core/json.js';
import type {
  CaseId,
  DriftVerdict,
  GuildId,
  PersonId,
  SectionId,
  ServerId,
} from '../core/model.js';
import type { CaseRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { lacking } from './lacking.js';

/** What can still be done about a case, by whoever may, from its audit message. */
export interface Offer {
  readonly label: string;
  /** What it is about, where several of one message would look alike. */
  readonly subject: string;
  readonly button: string;
  readonly about: { readonly [key: string]: Json };
  /** What the case says of it: who presses under those words has read them. */
  readonly said: Json;
  readonly style?: 'danger';
  /** Only where the message tells of nothing else. */
  readonly isAlone?: true;
}

/** A button under what is told; its kind is known to the commands only. */
export interface OfferButton {
  readonly label: string;
  readonly style: 'secondary' | 'danger';
  readonly press: { readonly button: string; readonly payload: Json };
}

/** As Discord takes them in one row. */
const MOST = 5;

/** What a server's cases offer may have changed: their messages are looked at again. Last in a transaction. */
export async function touchOffers(tables: Tables, serverId: ServerId, now: Date): Promise<void> {
  const ids = await tables.cases.ofServer(serverId, ['people.imported', 'default.adopted']);
  await tables.notices.touch(ids, now);
}

/** What is offered of these cases, by case: nothing that is done, or can be done no more. */
export async function openOffers(
  tables: Tables,
  rows: readonly CaseRow[],
  {
    cards,
    people,
  }: {
    readonly cards: ReadonlyMap<CaseId, Case['drift']>;
    readonly people: ReadonlyMap<PersonId, string>;
  },
): Promise<readonly (readonly Offer[])[]> {
  const offers: (readonly Offer[])[] = [];
  for (const { id, serverId, guildId, personId, facts: stored } of rows) {
    const facts = stored as CaseFacts;
    const one = serverId && (await offerOf(tables, { guildId, serverId }, facts));
    const title = (personId && people.get(personId)) ?? '';
    const verdicts = cards.get(id) === 'open' ? verdictsOf(id, facts, title) : [];
    offers.push([...(one ? [one] : []), ...verdicts]);
  }
  return offers;
}

/** What a difference in Plex asks. */
function verdictsOf(id: CaseId, facts: CaseFacts, subject: string): readonly Offer[] {
  const takes =
    facts.type === 'drift.cameBack' || (facts.type === 'drift.found' && facts.added.length > 0);
  const one = (label: string, verdict: DriftVerdict): Offer => ({
    label,
    subject,
    button: 'drift',
    about: { case: id, verdict },
    said: null,
    isAlone: true,
  });
  const revert = one('Revert', 'revert');
  return [
    one('Adopt', 'adopt'),
    takes ? { ...revert, style: 'danger' } : revert,
    one('Ignore', 'ignore'),
  ];
}

interface At {
  readonly guildId: GuildId;
  readonly serverId: ServerId;
}

async function offerOf(tables: Tables, at: At, facts: CaseFacts): Promise<Offer | null> {
  if (facts.type === 'people.imported' && facts.lacking) {
    const said = facts.lacking.map(({ section, people }) => ({ section, people }));
    const left = (await lacking(tables, at)).map(({ section }) => section);
    if (!said.some(({ section }) => left.includes(section))) return null;
    const about = { server: at.serverId };
    const subject = facts.server;
    return { label: 'Give it to them too', subject, button: 'give-default', about, said };
  }
  const [adopted] = facts.type === 'default.adopted' ? facts.libraries : [];
  return adopted ? undoOf(tables, at.serverId, adopted) : null;
}

async function undoOf(
  tables: Tables,
  serverId: ServerId,
  { section, title }: { readonly section: SectionId; readonly title: string },
): Promise<Offer | null> {
  const library = await tables.servers.library(serverId, section);
  if (!library?.isDefault || library.goneAt !== null) return null;
  const about = { library: library.id };
  return { label: 'Undo', subject: title, button: 'undo-adopted', about, said: null };
}

/** The buttons of a message, each once; `isTold`: it has all its cases in their own words. */
export function buttonsOf(
  offers: readonly (readonly Offer[])[],
  { isTold }: { isTold: boolean },
): readonly OfferButton[] {
  const isOne = offers.length === 1;
  const open = offers.flat().filter(({ isAlone }) => isOne || isAlone !== true);
  const buttons = open.map(
    ({ label, subject, button, about, said, style = 'secondary' as const }) => ({
      label: isOne ? label : `${label}: ${subject}`,
      style,
      press: { button, payload: { ...about, seen: isTold ? said : null } },
    }),
  );
  const byPress = new Map(buttons.map((one) => [JSON.stringify(one.press), one]));
  return [...byPress.values()].slice(0, MOST);
}
