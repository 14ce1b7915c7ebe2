import { bold, counted } from '../core/text.js';
import type { ServerRow } from '../store/rows.js';
import type { Parts } from './parts.js';
import type { Told } from './tell.js';

/** Libraries of these servers, with how many people have each now. */
export async function listLibraries(
  { store }: Parts,
  servers: readonly ServerRow[],
): Promise<Told> {
  const blocks: string[] = [];
  for (const server of servers) {
    const rows = (await store.servers.libraries([server.id])).filter((row) => !row.goneAt);
    const shares = await store.shares.on(server.id, null);
    const holders = (section: (typeof rows)[number]['sectionId']) =>
      shares.filter(({ share }) => share.observed?.sections.includes(section)).length;
    const deleted = (await store.servers.deletedLibraries(server.guildId)).filter(
      ({ serverId, people }) => serverId === server.id && people > 0,
    );
    const lines = rows.map((row) => {
      const kept = row.isDefault ? ' · default' : '';
      return `${bold(row.title)} · ${counted(holders(row.sectionId), 'person', 'people')}${kept}`;
    });
    const none = 'No libraries yet. Make one in Plex, then use /sync.';
    const waiting = deleted.map(
      ({ title, people }) =>
        `${bold(title)} · deleted in Plex · ${counted(people, 'person', 'people')}: see /library move`,
    );
    const shown = lines.length === 0 ? [none] : lines;
    blocks.push([`On ${bold(server.name)}`, ...shown, ...waiting].join('\n'));
  }
  return { tone: 'neutral', text: blocks.join('\n\n') };
}
