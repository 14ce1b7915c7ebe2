import type { CaseFacts } from '../core/cases.js';
import type { Json } from '../core/json.js';
import type { GuildId, SectionId, ServerId } from '../core/model.js';
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
}

/** A button under what is told; its kind is known to the commands only. */
export interface OfferButton {
  readonly label: string;
  readonly style: 'secondary';
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
  rows: readonly (Pick<CaseRow, 'serverId' | 'guildId'> & { readonly facts: unknown })[],
): Promise<readonly (Offer | null)[]> {
  const offers: (Offer | null)[] = [];
  for (const { serverId, guildId, facts } of rows) {
    offers.push(serverId && (await offerOf(tables, { guildId, serverId }, facts as CaseFacts)));
  }
  return offers;
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
  offers: readonly (Offer | null)[],
  { isTold }: { isTold: boolean },
): readonly OfferButton[] {
  const open = offers.filter((offer) => offer !== null);
  const buttons = open.map(({ label, subject, button, about, said }) => ({
    label: offers.length === 1 ? label : `${label}: ${subject}`,
    style: 'secondary' as const,
    press: { button, payload: { ...about, seen: isTold ? said : null } },
  }));
  const byPress = new Map(buttons.map((one) => [JSON.stringify(one.press), one]));
  return [...byPress.values()].slice(0, MOST);
}
