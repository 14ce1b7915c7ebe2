import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Access } from '../../access/access.js';
import { HIDE } from '../../access/roles.js';
import type { ChannelId, RoleId } from '../../core/model.js';
import { powerName } from '../../core/power.js';
import { defineButton } from '../define.js';
import type { Menu, Reply } from '../reply.js';
import { above, back, home, orAgain, press } from './panel.js';

async function channels(access: Access): Promise<Reply> {
  const { auditChannel } = await access.setup.state();
  return {
    tone: 'neutral',
    lives: 'panel',
    text: 'In which channel is every change told? Usher needs **View Channel**, **Send Messages** and **Read Message History** there.',
    menus: [
      {
        kind: 'channel',
        placeholder: 'Choose the audit channel',
        ...(auditChannel !== null && { chosen: [auditChannel] }),
        press: press('setup-channel'),
      },
    ],
    buttons: [back],
  };
}

export const setupChannels = defineButton({
  name: 'setup-channels',
  allow: 'admin',
  run: ({ access }) => channels(access),
});

export const setupChannel = defineButton({
  name: 'setup-channel',
  allow: 'admin',
  run: ({ chosen: [channel = ''], lacks, access }) =>
    orAgain(
      async () => {
        const to = { channel: channel as ChannelId, lacks: lacks[channel] ?? null };
        const told = await access.setup.setAuditChannel(to);
        return home(access, { ...told, tone: 'done' });
      },
      () => channels(access),
    ),
});

const POWERS = ['admin', 'moderator', 'auditor'] as const;
const WHAT = {
  admin: 'who may do everything',
  moderator: 'who may give and take access',
  auditor: 'who may look at everything',
} as const;
/** Discord's limit on choices at once. */
const MOST_ROLES = 25;

async function roles(access: Access): Promise<Reply> {
  const { roles, fixed } = await access.setup.state();
  const open = POWERS.filter((power) => !fixed.has(power));
  const menus = open.map((power): Menu => {
    const shown = roles[power].slice(0, MOST_ROLES);
    return {
      kind: 'role',
      placeholder: `${powerName[power]}: ${WHAT[power]}`,
      least: 0,
      most: MOST_ROLES,
      chosen: shown,
      press: press('setup-role', { power, shown }),
    };
  });
  const lines = POWERS.map((power) => {
    const all = roles[power].map((role) => `<@&${role}>`).join(' ') || 'no role yet';
    const by = fixed.has(power) ? ' · set by environment' : '';
    return `**${powerName[power]}**, ${WHAT[power]}: ${all}${by}`;
  });
  const always =
    'The owner of this Discord server and holders of Administrator are always Admin. Any of the roles suffices.';
  return {
    tone: 'neutral',
    lives: 'panel',
    text: [...lines, always, HIDE].join('\n'),
    menus,
    buttons: [back],
  };
}

export const setupRoles = defineButton({
  name: 'setup-roles',
  allow: 'admin',
  run: ({ access }) => roles(access),
});

const storedRoles = z.object({ power: z.enum(POWERS), shown: z.array(z.string()) });

export const setupRole = defineButton({
  name: 'setup-role',
  allow: 'admin',
  run: ({ payload, chosen, access }) =>
    orAgain(
      async () => {
        const { power, shown } = storedRoles.parse(payload);
        const to = { power, roles: chosen as RoleId[], shown: shown as RoleId[] };
        await access.setup.setRoles(to);
        return above({ tone: 'done', text: 'Stored.' }, await roles(access));
      },
      () => roles(access),
    ),
});

/** One for each offset where many people live; any other can be typed. */
const ZONES = [
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'Europe/Paris',
  'Europe/Madrid',
  'Europe/Athens',
  'Europe/Moscow',
  'Africa/Cairo',
  'Africa/Johannesburg',
  'Africa/Lagos',
  'Asia/Dubai',
  'Asia/Kolkata',
  'Asia/Bangkok',
  'Asia/Shanghai',
  'Asia/Tokyo',
  'Australia/Sydney',
  'Pacific/Auckland',
  'America/Sao_Paulo',
  'America/New_York',
  'America/Toronto',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Anchorage',
  'Pacific/Honolulu',
] as const;

async function zones(access: Access): Promise<Reply> {
  const { timeZone, now } = await access.setup.state();
  return {
    tone: 'neutral',
    lives: 'panel',
    text: [
      `Typed times are read in **${timeZone ?? 'UTC'}**${timeZone === null ? ', until you choose a zone' : ''}.`,
      'Everybody sees answers in their own zone. Another choice moves no grant.',
    ].join('\n'),
    menus: [
      {
        kind: 'words',
        placeholder: 'Choose the time zone',
        options: ZONES.map((zone) => ({
          label: zone.replaceAll('_', ' '),
          value: zone,
          description: `now ${DateTime.fromJSDate(now, { zone }).toFormat('ccc HH:mm')}`,
          isChosen: zone === timeZone,
        })),
        press: press('setup-zone'),
      },
    ],
    buttons: [
      { label: 'Type another', style: 'secondary', press: press('setup-other-zone') },
      back,
    ],
  };
}

export const setupZones = defineButton({
  name: 'setup-zones',
  allow: 'admin',
  run: ({ access }) => zones(access),
});

const setZone = (access: Access, typed: string): Promise<Reply> =>
  orAgain(
    async () => home(access, { ...(await access.setTimeZone(typed)), tone: 'done' }),
    () => zones(access),
  );

export const setupZone = defineButton({
  name: 'setup-zone',
  allow: 'admin',
  run: ({ chosen: [zone = ''], access }) => setZone(access, zone),
});

export const setupOtherZone = defineButton({
  name: 'setup-other-zone',
  allow: 'admin',
  modal: () => ({
    title: 'Time zone',
    fields: {
      zone: { label: 'Time zone', placeholder: 'Europe/Berlin', maxLength: 60 },
    },
  }),
  run: ({ fields, access }) => setZone(access, fields['zone'] ?? ''),
});
