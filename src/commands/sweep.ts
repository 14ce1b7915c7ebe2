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
      tone: done.some(({ run }) => run.outage !== null) ? 'waiting' : 'done',
      text: done.map(({ server: one, run }) => told(one.name, run)).join('\n'),
    })),
});

function told(name: string, run: { looked: number; written: number; outage: unknown }): string {
  if (run.outage !== null) {
    return `${bold(name)}: Plex is not answering. What is owed is tried again until it does.`;
  }
  const people = counted(run.looked, 'person', 'people');
  const changed = run.written === 0 ? 'nothing to change' : `changed ${run.written}`;
  return `${bold(name)}: Looked at ${people}, ${changed}.`;
}
