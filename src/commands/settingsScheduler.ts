import { defineCommand } from './define.js';
import { optional, text } from './command.js';
import type { Access } from '../access/access.js';

const typed = (description: string) => optional(text<Access>(description, { maxLength: 30 }));

export const settingsScheduler = defineCommand({
  name: 'settings scheduler',
  description: 'Choose when Usher looks at everybody, and reads Plex, by itself',
  allow: 'admin',
  private: true,
  options: {
    every: typed('Sweep every so many minutes, 5 to 1440; empty leaves it'),
    daily: typed('Sweep once a day at this time, such as 04:30; empty leaves it'),
    sync: typed('Read Plex every so many minutes, 5 to 1440; empty leaves it'),
  },
  run: ({ values, access }) => access.conduct.setRhythm(values),
});
