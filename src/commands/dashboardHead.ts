import type { Access } from '../access/access.js';
import type { Overview } from '../access/overview.js';
import { bold, counted, relativeTime } from '../core/text.js';

/** How the guild stands, above the list of its people. */
export async function dashboardHead(access: Access): Promise<string[]> {
  const { people, work, servers } = await access.people.overview();
  const needs = people.drifted + work.refused;
  const state = [
    counted(people.everybody, 'person', 'people'),
    `${people.ending} end within 7 days`,
    needs === 1 ? '1 needs you' : `${needs} need you`,
  ];
  return [
    '**Dashboard**',
    state.join(' · '),
    `Active **${people.active}** · scheduled **${people.scheduled}**`,
    `Ending within 7 days **${people.ending}**`,
    `Pending **${people.pending}** · drifted **${people.drifted}**`,
    `Without any **${people.without}** · gone **${people.gone}**`,
    workLine(work),
    ...servers.map(serverLine),
    ...(servers.length === 0 ? ['No Plex server is connected yet. Use /setup.'] : []),
  ];
}

function workLine({ open, late, refused }: Overview['work']): string {
  const parts = [
    open === 0 ? 'nothing is open' : `${counted(open, 'change is', 'changes are')} open`,
    late === 0 ? '' : `${late} for over 5 minutes`,
    refused === 0 ? 'none failed in 7 days' : `${refused} failed in 7 days`,
  ];
  return `Work: ${parts.filter((part) => part !== '').join(' · ')}`;
}

function serverLine({ name, syncedAt, nextSweepAt }: Overview['servers'][number]): string {
  const read = syncedAt === null ? 'not read yet' : `last sync ${relativeTime(syncedAt)}`;
  const sweep = nextSweepAt === null ? 'no sweep yet' : `next sweep ${relativeTime(nextSweepAt)}`;
  return `${bold(name)}: ${read} · ${sweep}`;
}
