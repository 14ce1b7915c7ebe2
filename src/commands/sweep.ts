import type { Run } from '../access/reconcile.js';
import { bold, counted } from '../core/text.js';
import { defineCommand, server } from './define.js';
import { showGoing } from './going.js';

export const sweepNow = defineCommand({
  name: 'sweep now',
  description: 'Look at everybody again and bring Plex in line',
  allow: 'moderator',
  private: true,
  options: { server: server('Choose a server; empty means all servers') },
  run: ({ values, access }) =>
    showGoing('Looking at everybody.', access.sweep(values.server), (done) => ({
      tone: done.some(({ run }) => run.outage !== null || run.unread > 0) ? 'waiting' : 'done',
      text: done.map(({ server: one, run }) => told(one.name, run)).join('\n'),
    })),
});

function told(name: string, run: Run): string {
  if (run.outage !== null) {
    return `${bold(name)}: Plex is not answering. What is owed is tried again until it does.`;
  }
  if (run.unread === run.looked && run.looked > 0) {
    return `${bold(name)}: What Plex answers cannot be believed, so nothing is changed. I look again by myself.`;
  }
  const people = counted(run.looked - run.unread, 'person', 'people');
  const changed = run.written === 0 ? 'nothing to change' : `changed ${run.written}`;
  const rest =
    run.unread === 0
      ? ''
      : ` Of ${run.unread} more it is not known what Plex shows; I look again by myself.`;
  return `${bold(name)}: Looked at ${people}, ${changed}.${rest}`;
}
