import { UserError } from '../core/errors.js';
import type { DiscordUserId } from '../core/model.js';
import { bold } from '../core/text.js';
import type { Tables } from '../store/store.js';
import { findPerson } from './find.js';
import { note } from './note.js';
import type { Parts, Standing } from './parts.js';
import type { Told } from './tell.js';

/** Which Discord user is which person in Plex. */
export interface Link {
  readonly member: DiscordUserId;
  readonly person: string;
}

/** Says that a Discord user is a person in Plex; a person may be several users, a user at most one person. */
export async function link(parts: Parts, standing: Standing, wish: Link): Promise<Told> {
  const { store } = parts;
  const { guildId } = standing;
  const person = await findPerson(store, guildId, wish.person);
  const facts = { type: 'person.linked', member: wish.member } as const;
  const change = async (tables: Tables) => {
    const row = { guildId, userId: wish.member, personId: person.id };
    if (await tables.people.link(row)) return;
    const before = await tables.people.linkedTo(guildId, wish.member);
    throw new UserError(
      'linked-already',
      before?.id === person.id
        ? `<@${wish.member}> is ${bold(person.title)} already. Use /people unlink to undo it.`
        : `<@${wish.member}> is ${bold(before?.title ?? '')} already. Use /people unlink first.`,
    );
  };
  return note(parts, standing, { facts, personId: person.id, change });
}

/** Takes a link away; access stays as it is. */
export async function unlink(
  parts: Parts,
  standing: Standing,
  member: DiscordUserId,
): Promise<Told> {
  const { store } = parts;
  const { guildId } = standing;
  const person = await store.people.linkedTo(guildId, member);
  if (!person) {
    throw new UserError(
      'not-linked',
      `<@${member}> is not linked to a person in Plex. Use /people link to link them.`,
    );
  }
  const facts = { type: 'person.unlinked', member } as const;
  const change = (tables: Tables) => tables.people.unlink(guildId, member);
  return note(parts, standing, { facts, personId: person.id, change });
}
