import type { Synced } from '../access/sync.js';
import { bold, counted } from '../core/text.js';
import { defineCommand, server } from './define.js';
import { showGoing } from './going.js';

export const sync = defineCommand({
  name: 'sync',
  description: 'Read people, libraries and shares from Plex again',
  allow: 'moderator',
  private: true,
  options: { server: server('Choose a server; empty means all servers') },
  run: ({ values, access }) =>
    showGoing('Reading Plex.', access.sync(values.server), (done) => ({
      tone: 'done',
      text: tellSynced(done),
    })),
});

/** What was read of each server, and who was taken over. */
export const tellSynced = (done: readonly Synced[]): string => done.map(told).join('\n\n');

const news = ({ added, changed, gone }: Synced['people']): string =>
  `${added} new · ${changed} changed · ${gone} gone`;

const told = ({ server: { name }, people, libraries, imported }: Synced): string =>
  [
    `Read ${bold(name)}`,
    `${counted(people.known, 'person', 'people')}: ${news(people)}`,
    `${counted(libraries.known, 'library', 'libraries')}: ${news(libraries)}`,
    imported.people === 0
      ? 'Nobody new to take over.'
      : `Took over ${counted(imported.people, 'person', 'people')} with ${counted(imported.grants, 'library', 'libraries')}.`,
  ].join('\n');
