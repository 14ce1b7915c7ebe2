import { bold, counted } from '../core/text.js';
import { defineCommand, server } from './define.js';

export const sweepNow = defineCommand({
  name: 'sweep now',
  description: 'Look at everybody again and bring Plex in line',
  allow: 'moderator',
  private: true,
  options: { server: server('Choose a server; empty means all servers') },
  async run({ values, access }) {
    const done = await access.sweep(values.server);
    const silent = done.some(({ run }) => run.outage !== null);
    return {
      tone: silent ? 'waiting' : 'done',
      text: done.map(({ server: one, run }) => told(one.name, run)).join('\n'),
    };
  },
});

function told(name: string, run: { looked: number; written: number; outage: unknown }): string {
  if (run.outage !== null) {
    return `${bold(name)}: Plex is not answering. What is owed is tried again until it does.`;
  }
  const people = counted(run.looked, 'person', 'people');
  const changed = run.written === 0 ? 'nothing to change' : `changed ${run.written}`;
  return `${bold(name)}: Looked at ${people}, ${changed}.`;
}
