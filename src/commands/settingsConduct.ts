import { z } from 'zod';
import type { Access } from '../access/access.js';
import { streamsWords } from '../access/conduct.js';
import type { DriftPolicyWish } from '../access/setDriftPolicy.js';
import type { Settings } from '../access/settingsShow.js';
import type { Told } from '../access/tell.js';
import { driftPolicyWords } from '../core/driftCases.js';
import type { DriftPolicy } from '../core/model.js';
import { bold, relativeTime } from '../core/text.js';
import { defineButton } from './define.js';
import type { Button, Menu, Reply } from './reply.js';

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
export const conductLines = ({
  conduct,
  streams,
  driftPolicy: policy,
}: Settings): readonly string[] => [
  `What is otherwise in Plex is ${driftPolicyWords[policy]}`,
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

const LABELS: Readonly<Record<DriftPolicy, string>> = {
  report: 'Tell it, and leave it',
  revert: 'Revert it',
  adopt: 'Adopt it',
};
const policies = z.enum(['report', 'revert', 'adopt']);

export const driftMenu = ({ driftPolicy: chosen }: Settings): Menu => ({
  kind: 'words',
  placeholder: 'What is otherwise in Plex',
  options: policies.options.map((value) => ({
    label: LABELS[value],
    value,
    isChosen: value === chosen,
  })),
  press: { button: 'settings-drift', payload: null },
});

/** Chooses what becomes by itself of what is otherwise in Plex. */
export const settingsDrift = defineButton({
  name: 'settings-drift',
  allow: 'admin',
  run: ({ chosen, access }) =>
    chooseDrift(access, { policy: policies.parse(chosen[0]), confirmed: false }),
});

/** What a policy begins with has been shown, and is wanted. */
export const settingsDriftNow = defineButton({
  name: 'settings-drift-now',
  allow: 'admin',
  run: ({ payload, access }) =>
    chooseDrift(access, { policy: policies.parse(payload), confirmed: true }),
});

async function chooseDrift(access: Access, wish: DriftPolicyWish): Promise<Reply> {
  const outcome = await access.conduct.setDriftPolicy(wish);
  if (outcome.kind === 'done') return withWayBack(outcome.told);
  return {
    tone: 'attention',
    text: outcome.text,
    buttons: [
      {
        label: LABELS[wish.policy],
        style: wish.policy === 'revert' ? 'danger' : 'primary',
        press: { button: 'settings-drift-now', payload: wish.policy },
      },
      { label: 'Cancel', style: 'secondary', press: { button: 'settings', payload: null } },
    ],
  };
}

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
