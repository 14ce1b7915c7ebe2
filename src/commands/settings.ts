import { z } from 'zod';
import type { Access } from '../access/access.js';
import type { Settings } from '../access/settingsShow.js';
import type { Told } from '../access/tell.js';
import { brakeWords } from '../core/brake.js';
import { policyWords } from '../core/caseWords.js';
import { bold, listed } from '../core/text.js';
import { showHeld } from './brake.js';
import { defineButton, defineCommand } from './define.js';
import { conductButtons, conductLines, connectionLines, driftMenu } from './settingsConduct.js';
import type { Button, Menu, Reply } from './reply.js';

export const settingsShow = defineCommand({
  name: 'settings show',
  description: 'See how Usher behaves here, and change it',
  allow: 'admin',
  private: true,
  options: {},
  run: ({ access }) => panel(access, null),
});

const POLICIES = ['keep-default', 'unshare', 'remove'] as const;
const policyWish = z.object({ server: z.string(), policy: z.enum(POLICIES) });

/** Chooses what happens when somebody's last library ends. */
export const endPolicy = defineButton({
  name: 'end-policy',
  allow: 'admin',
  run: ({ payload, chosen, access }) => {
    const wish = policyWish.parse({ server: payload, policy: chosen[0] });
    return choosePolicy(access, { ...wish, confirmed: false });
  },
});

/** Chooses the server whose end policy is to be changed. */
export const settingsServer = defineButton({
  name: 'settings-server',
  allow: 'admin',
  run: ({ chosen, access }) => panel(access, null, chosen[0] ?? null),
});

/** What removing people ends beside has been shown, and is wanted. */
export const removePeople = defineButton({
  name: 'remove-people',
  allow: 'admin',
  run: ({ payload, access }) =>
    choosePolicy(access, { ...policyWish.parse(payload), confirmed: true }),
});

async function* choosePolicy(
  access: Access,
  wish: z.infer<typeof policyWish> & { confirmed: boolean },
): AsyncGenerator<Reply> {
  const outcome = await access.setEndPolicy(wish);
  if (outcome.kind === 'done') {
    yield await panel(access, outcome.told, wish.server);
    return;
  }
  if (outcome.kind === 'held') {
    yield* showHeld(access, outcome);
    return;
  }
  const { server, policy } = wish;
  yield {
    tone: 'attention',
    text: outcome.text,
    buttons: [
      {
        label: 'Remove people',
        style: 'danger',
        press: { button: 'remove-people', payload: { server, policy } },
      },
      { label: 'Cancel', style: 'secondary', press: { button: 'settings', payload: null } },
    ],
  };
}

/** Back to all settings. */
export const settings = defineButton({
  name: 'settings',
  allow: 'admin',
  run: ({ access }) => panel(access, null),
});

const switchWish = z.object({ what: z.enum(['homeUsers', 'dms']), on: z.boolean() });

/** Switches something on or off. */
export const settingsSwitch = defineButton({
  name: 'settings-switch',
  allow: 'admin',
  async run({ payload, access }) {
    const { what, on } = switchWish.parse(payload);
    const told = await (what === 'dms'
      ? access.conduct.setDms(on)
      : access.conduct.setHomeUsers(on));
    return panel(access, told);
  },
});

/** Another time zone, typed. */
export const settingsZone = defineButton({
  name: 'settings-zone',
  allow: 'admin',
  modal: ({ payload }) => ({
    title: 'Time zone',
    fields: {
      zone: {
        label: 'Continent and city',
        description: 'Typed times are read in it; access that was given keeps its instants',
        placeholder: 'Europe/Berlin',
        maxLength: 60,
        ...(typeof payload === 'string' && { value: payload }),
      },
    },
  }),
  async run({ fields, access }) {
    return panel(access, await access.setTimeZone(fields['zone'] ?? ''));
  },
});

async function panel(
  access: Access,
  told: Told | null,
  server: string | null = null,
): Promise<Reply> {
  const state = await access.settings();
  const isZoneFixed = state.fixed.has('time-zone');
  return {
    tone: told?.tone ?? 'neutral',
    text: [...(told === null ? [] : [`${told.text}\n`]), ...lines(state)].join('\n'),
    menus: [...policyMenus(state, server), driftMenu(state)],
    buttons: [
      switching(state, 'homeUsers'),
      switching(state, 'dms'),
      ...conductButtons(state),
      {
        label: 'Second Admin',
        style: 'secondary',
        press: { button: 'settings-brake', payload: { ...state.brake } },
      },
      ...(isZoneFixed
        ? []
        : [
            {
              label: 'Time zone',
              style: 'secondary' as const,
              press: { button: 'settings-zone', payload: state.timeZone },
            },
          ]),
    ],
    lives: 'panel',
  };
}

const byEnvironment = ' · set by environment';

function lines(state: Settings): string[] {
  const { servers, homeUsers, dms, brake, timeZone, auditChannel, fixed } = state;
  const zone = timeZone === null ? '**UTC**, because nobody has chosen one' : bold(timeZone);
  const channel =
    auditChannel === null ? 'none yet, so notices wait. Use /setup.' : `<#${auditChannel}>`;
  return [
    '**Settings**',
    ...connectionLines(state),
    ...servers.map(
      ({ name, endPolicy: policy, defaults }) =>
        `When somebody’s last library on ${bold(name)} ends: ${policyWords[policy]}. ` +
        (defaults.length === 0
          ? 'There is no default library.'
          : `Everybody keeps ${listed(defaults)}.`),
    ),
    ...conductLines(state),
    `Members of the owner’s Plex Home: ${homeUsers ? 'can be given libraries' : 'left alone'}`,
    `Messages to the people concerned: ${dms ? 'on' : 'off'}`,
    `A second Admin must agree when access is taken at once from ${brakeWords(brake)}`,
    `Time zone: ${zone}${fixed.has('time-zone') ? byEnvironment : ''}`,
    `Audit channel: ${channel}${fixed.has('audit-channel') ? byEnvironment : ''}`,
    '-# Plex, the audit channel and roles: /setup and /roles.',
  ];
}

const LABELS = {
  'keep-default': 'Keep a default library',
  unshare: 'Leave the server',
  remove: 'Remove the person',
} as const;

/** One server's policies; where there are several servers, one of them is chosen first. */
function policyMenus({ servers }: Settings, chosen: string | null): readonly Menu[] {
  const [only] = servers;
  const server = servers.length === 1 ? only : servers.find(({ id }) => id === chosen);
  const which: Menu = {
    kind: 'words',
    placeholder: 'When a last library ends on …',
    options: servers.slice(0, 25).map(({ id, name }) => ({
      label: name,
      value: id,
      isChosen: id === chosen,
    })),
    press: { button: 'settings-server', payload: null },
  };
  const policies = (of: Settings['servers'][number]): Menu => ({
    kind: 'words',
    placeholder: `When a last library ends on ${of.name}`,
    options: POLICIES.map((policy) => ({
      label: LABELS[policy],
      value: policy,
      isChosen: policy === of.endPolicy,
    })),
    press: { button: 'end-policy', payload: of.id },
  });
  return [...(servers.length > 1 ? [which] : []), ...(server ? [policies(server)] : [])];
}

function switching(state: Settings, what: 'homeUsers' | 'dms'): Button {
  const words = { homeUsers: 'Plex Home', dms: 'Messages' } as const;
  return {
    label: `${words[what]} ${state[what] ? 'off' : 'on'}`,
    style: 'secondary',
    press: { button: 'settings-switch', payload: { what, on: !state[what] } },
  };
}
