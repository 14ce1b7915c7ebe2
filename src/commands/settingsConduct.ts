import { z } from 'zod';
import { streamsWords } from '../access/conduct.js';
import type { Settings } from '../access/settingsShow.js';
import type { Told } from '../access/tell.js';
import { bold, relativeTime } from '../core/text.js';
import { defineButton } from './define.js';
import type { Button, Reply } from './reply.js';

/** How each Plex server is connected, and when it is looked at next. */
export function connectionLines({ servers }: Settings): readonly string[] {
  if (servers.length === 0) return ['Plex: no server is connected yet. Use /setup.'];
  return servers.map(({ name, owner, syncedAt, nextSweepAt, isTroubled }) =>
    [
      `Plex: ${bold(name)}${owner === '' ? '' : ` of ${bold(owner)}`}`,
      isTroubled ? '⚠️ does not answer as it should' : 'connected',
      syncedAt === null ? 'not read yet' : `read ${relativeTime(syncedAt)}`,
      nextSweepAt === null ? 'no sweep yet' : `next sweep ${relativeTime(nextSweepAt)}`,
    ].join(' · '),
  );
}

/** What Usher does by itself. */
export const conductLines = ({ conduct, streams }: Settings): readonly string[] => [
  `Looks at everybody ${conduct.sweep}`,
  `Reads Plex ${conduct.sync}`,
  `Streams of what was taken ${streamsWords[streams]}` +
    (streams === 'stop' ? ', where the server has a Plex Pass' : ''),
];

export const conductButtons = ({ streams }: Settings): readonly Button[] => [
  {
    label: 'Sweep and sync',
    style: 'secondary',
    press: { button: 'settings-times', payload: null },
  },
  {
    label: streams === 'stop' ? 'Let streams finish' : 'Stop streams',
    style: 'secondary',
    press: { button: 'settings-streams', payload: streams === 'stop' ? 'finish' : 'stop' },
  },
];

const withWayBack = (told: Told): Reply => ({
  ...told,
  buttons: [
    {
      label: 'Back to settings',
      style: 'secondary',
      press: { button: 'settings', payload: null },
    },
  ],
});

/** Lets streams of what was taken finish, or stops them. */
export const settingsStreams = defineButton({
  name: 'settings-streams',
  allow: 'admin',
  run: async ({ payload, access }) =>
    withWayBack(await access.conduct.setStreams(z.enum(['finish', 'stop']).parse(payload))),
});

const orNull = (typed = ''): string | null => (typed === '' ? null : typed);

/** When Usher looks at everybody, and reads Plex, typed. */
export const settingsTimes = defineButton({
  name: 'settings-times',
  allow: 'admin',
  modal: () => ({
    title: 'Sweep and sync',
    fields: {
      every: {
        label: 'Sweep every so many minutes',
        description: '5 to 1440; empty leaves it',
        placeholder: '15',
        maxLength: 30,
        required: false,
      },
      daily: {
        label: 'Or once a day at',
        description: 'Hours and minutes in your time zone; empty leaves it',
        placeholder: '04:30',
        maxLength: 30,
        required: false,
      },
      sync: {
        label: 'Read Plex every so many minutes',
        description: '5 to 1440; empty leaves it',
        placeholder: '60',
        maxLength: 30,
        required: false,
      },
    },
  }),
  run: async ({ fields, access }) => {
    const { every, daily, sync } = fields;
    return withWayBack(
      await access.conduct.setRhythm({
        every: orNull(every),
        daily: orNull(daily),
        sync: orNull(sync),
      }),
    );
  },
});
