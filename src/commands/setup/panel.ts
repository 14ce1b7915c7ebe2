import type { Access } from '../../access/access.js';
import { HIDE } from '../../access/roles.js';
import type { SetupState } from '../../access/setup.js';
import type { Told } from '../../access/tell.js';
import { Outage, UserError } from '../../core/errors.js';
import { powerName } from '../../core/power.js';
import { bold, counted } from '../../core/text.js';
import type { Button, Json, Reply } from '../reply.js';

/** The parts of the set-up in the order in which they are usually done, each with its button. */
type Part = 'plex' | 'server' | 'audit-channel' | 'read' | 'roles' | 'time-zone';

const STEPS: readonly { part: Part; label: string; button: string }[] = [
  { part: 'plex', label: 'Connect Plex', button: 'setup-plex' },
  { part: 'server', label: 'Choose server', button: 'setup-servers' },
  { part: 'audit-channel', label: 'Set audit channel', button: 'setup-channels' },
  { part: 'read', label: 'Read Plex', button: 'setup-read' },
  { part: 'roles', label: 'Set roles', button: 'setup-roles' },
  { part: 'time-zone', label: 'Set time zone', button: 'setup-zones' },
];

const POWERS = ['admin', 'moderator', 'auditor'] as const;
const BY_ENVIRONMENT = 'set by environment';

export const press = (button: string, payload: Json = null) => ({ button, payload });

export const back: Button = { label: 'Back', style: 'secondary', press: press('setup-home') };

/** What is done already. A part that the environment sets is done. */
function doneIn({ account, servers, auditChannel, timeZone, roles, fixed }: SetupState): Set<Part> {
  const hasRoles = POWERS.some((power) => roles[power].length > 0 || fixed.has(power));
  const done: Record<Part, boolean> = {
    plex: fixed.has('plex') || account?.hasToken === true,
    server: fixed.has('plex') || servers.length > 0,
    'audit-channel': auditChannel !== null,
    read: servers.length > 0 && servers.every(({ readAt }) => readAt !== null),
    roles: hasRoles,
    'time-zone': timeZone !== null,
  };
  return new Set(STEPS.map(({ part }) => part).filter((part) => done[part]));
}

function plexLine({ account, fixed }: SetupState): string {
  if (fixed.has('plex')) return `**Plex**: ${BY_ENVIRONMENT}`;
  if (account === null) return '**Plex**: not connected yet';
  const name = bold(account.name);
  return account.hasToken
    ? `**Plex**: connected as ${name}`
    : `**Plex**: the token of ${name} cannot be used. Connect again.`;
}

const serverLine = ({ servers, people, fixed }: SetupState): string => {
  const names = servers.map(({ name, readAt }) =>
    readAt === null ? `${bold(name)} (not read yet)` : bold(name),
  );
  const count = servers.some(({ readAt }) => readAt !== null)
    ? ` · ${counted(people, 'person', 'people')}`
    : '';
  const how = fixed.has('plex') ? ` · ${BY_ENVIRONMENT}` : '';
  return `**Server**: ${names.join(', ') || 'none yet'}${count}${how}`;
};

const envNote = (isFixed: boolean): string => (isFixed ? ` · ${BY_ENVIRONMENT}` : '');

function linesOf(state: SetupState): readonly string[] {
  const { auditChannel, timeZone, roles, fixed } = state;
  const channel = auditChannel === null ? 'none yet, so nothing is told' : `<#${auditChannel}>`;
  const bound = POWERS.map((power) => {
    const all = roles[power].map((role) => `<@&${role}>`).join(' ') || 'no role yet';
    return `${powerName[power]}: ${all}${envNote(fixed.has(power))}`;
  });
  return [
    plexLine(state),
    serverLine(state),
    `**Audit channel**: ${channel}${envNote(fixed.has('audit-channel'))}`,
    ...bound,
    `**Time zone**: ${timeZone ?? 'UTC, until you choose one'}${envNote(fixed.has('time-zone'))}`,
  ];
}

/** Parts that the environment sets have no button. */
const isOpen = ({ fixed, account, servers }: SetupState, part: Part): boolean => {
  if (part === 'plex') return !fixed.has('plex');
  if (part === 'server') return !fixed.has('plex') && account?.hasToken === true;
  if (part === 'read') return servers.length > 0;
  if (part === 'roles') return POWERS.some((power) => !fixed.has(power));
  return !fixed.has(part);
};

function buttonsOf(state: SetupState, next: Part | undefined): readonly Button[] {
  const open = STEPS.filter(({ part }) => isOpen(state, part));
  const all: Button[] = open.map(({ part, label, button }) => ({
    label,
    style: part === next ? 'primary' : 'secondary',
    press: press(button),
  }));
  if (!state.fixed.has('plex') && state.servers.length > 0) {
    const label = 'Disconnect server';
    all.push({ label, style: 'secondary', press: press('setup-let-go') });
  }
  const token: Button = { label: 'Use a token', style: 'secondary', press: press('setup-token') };
  return isOpen(state, 'plex') ? all.toSpliced(1, 0, token) : all;
}

/** The panel: what is set up, what is missing, and a button for each part. */
export async function home(access: Access, told?: Told): Promise<Reply> {
  const state = await access.setup.state();
  const done = doneIn(state);
  const next = STEPS.find(({ part }) => !done.has(part) && isOpen(state, part));
  const mention = next ? null : await access.mentions();
  const title = next
    ? `**Set up Usher**: ${done.size} of ${STEPS.length} parts done · next: **${next.label}**`
    : '**Usher is set up.**';
  const end = mention
    ? [`Give somebody a library with ${mention('grant')}; see ${mention('help')}.`, HIDE]
    : [];
  const panel: Reply = {
    tone: 'neutral',
    lives: 'panel',
    text: [title, ...linesOf(state), ...end].join('\n'),
    buttons: buttonsOf(state, next?.part),
  };
  return told ? above(told, panel) : panel;
}

/** Something said above a panel; the fixed words of its case stay last. */
export function above({ tone, text }: Pick<Told, 'tone' | 'text'>, panel: Reply): Reply {
  const lines = text.split('\n');
  const last = lines.at(-1)?.startsWith('-#') === true ? lines.splice(-1) : [];
  return { ...panel, tone, text: [...lines, '', panel.text, ...last].join('\n') };
}

/** A refusal or an outage leaves the panel usable: it is said above the panel that is shown again. */
export async function orAgain(
  work: () => Promise<Reply>,
  again: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    return above(troubleOf(error), await again());
  }
}

/** What is said of a refusal or an outage; a fault is thrown on. */
export function troubleOf(error: unknown): Pick<Told, 'tone' | 'text'> {
  if (error instanceof UserError) return { tone: 'refused', text: error.message };
  if (!(error instanceof Outage)) throw error;
  return { tone: 'attention', text: 'Plex is not answering right now. Try again in a minute.' };
}
