import type { Access } from '../access/access.js';
import { buttonsOver, commandsOver, optional, text } from './command.js';
import type { Suggest } from './command.js';

/** Declares one slash command. */
export const defineCommand = commandsOver<Access>();

/** Declares what one kind of button does. */
export const defineButton = buttonsOver<Access>();

const people: Suggest<Access> = ({ access, typed }) => access.suggestPeople(typed);
const libraries: Suggest<Access> = ({ access, typed }) => access.suggestLibraries(typed);
const servers: Suggest<Access> = ({ access, typed }) => access.suggestServers(typed);

/** A person by suggestion, mention, e-mail address, username or title. */
export const person = (description: string) => text<Access>(description, { suggest: people });

/** A library by suggestion or title. */
export const library = (description: string) => text<Access>(description, { suggest: libraries });

/** A Plex server of the guild; left out: all of them. */
export const server = (description: string) =>
  optional(text<Access>(description, { suggest: servers }));

/** Why: kept with the case, shown in the audit channel. */
export const reason = () =>
  optional(
    text<Access>('Say why, for the audit channel; empty means no reason', { maxLength: 200 }),
  );
