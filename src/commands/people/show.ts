import { z } from 'zod';
import type { Access } from '../../access/access.js';
import type { Portrait } from '../../access/portrait.js';
import { atLeast } from '../../core/power.js';
import { bold, escapeText, listed } from '../../core/text.js';
import type { Asker } from '../command.js';
import { defineButton, defineCommand, person } from '../define.js';
import type { Button, Reply } from '../reply.js';
import { above } from '../setup/panel.js';
import { headLine, isConcerned, libraryLine, serverLine } from './lines.js';
import { viewOf } from './view.js';
import type { View } from './view.js';

const PAGE = 10;
const LONGEST_REASON = 60;

export const peopleShow = defineCommand({
  name: 'people show',
  description: 'Open a person: what they have, why, and when it next changes',
  allow: 'auditor',
  private: true,
  options: { person: person('Choose the person') },
  run: ({ values, actor, access }) =>
    personPanel({ access, actor }, { person: values.person, view: null, page: 1 }),
});

/** A person chosen from the list. */
export const peopleOpen = defineButton({
  name: 'people-open',
  allow: 'auditor',
  run: ({ payload, chosen, actor, access }) => {
    const { view } = z.object({ view: viewOf }).parse(payload);
    return personPanel({ access, actor }, { person: chosen[0] ?? '', view, page: 1 });
  },
});

const openedOf = z.object({ person: z.string(), view: viewOf.nullable(), page: z.number() });

/** A person whose panel is open; `view` is where in the list they were found, null: they were named. */
export type Opened = z.infer<typeof openedOf>;

/** The same person anew, or another page of what they have. */
export const peoplePerson = defineButton({
  name: 'people-person',
  allow: 'auditor',
  run: ({ payload, actor, access }) => personPanel({ access, actor }, openedOf.parse(payload)),
});

/** Everything about one person, with what whoever looks may do about it. */
export async function personPanel(
  { access, actor }: { readonly access: Access; readonly actor: Asker },
  opened: Opened,
): Promise<Reply> {
  const found = await access.people.portrait(opened.person);
  const concerned = found.libraries.filter(isConcerned);
  const pages = Math.max(Math.ceil(concerned.length / PAGE), 1);
  const page = Math.min(opened.page, pages);
  const shown = concerned.slice((page - 1) * PAGE, page * PAGE);
  const lines = [
    bold(found.title),
    headLine(found),
    ...found.servers.map(serverLine),
    ...driftLines(found),
    '',
    ...shown.map((library) => `${libraryLine(library, found.now)}${whyOf(library)}`),
    ...(shown.length === 0 ? [nothingOf(found)] : []),
    ...(pages > 1 ? [`‹ ${page} of ${pages} ›`] : []),
  ];
  return {
    tone: 'neutral',
    text: lines.join('\n'),
    buttons: buttonsOf(
      { ...opened, person: found.id, page },
      { pages, actor, isHandsOff: isLeftAlone(found), drift: driftOf(found) },
    ),
    lives: 'panel',
  };
}

const isLeftAlone = ({ servers }: Portrait): boolean =>
  servers.some(({ isHandsOff }) => isHandsOff);

/** The first question about what is otherwise in Plex that nobody has answered yet. */
const driftOf = ({ libraries }: Portrait): string | null =>
  libraries.find(({ drift }) => drift !== null)?.drift?.caseId ?? null;

/** What is otherwise in Plex, as the buttons below decide on it. */
function driftLines(found: Portrait): readonly string[] {
  const id = driftOf(found);
  if (id === null) return [];
  const of = (kind: 'added' | 'removed') =>
    found.libraries.filter(({ drift }) => drift?.caseId === id && drift.kind === kind);
  const titles = (kind: 'added' | 'removed') => listed(of(kind).map(({ title }) => title));
  return [
    of('added').length > 0 ? `⚠️ Nobody gave ${titles('added')} here.` : '',
    of('removed').length > 0 ? `⚠️ Plex does not share ${titles('removed')}.` : '',
  ].filter((line) => line !== '');
}

const handsOf = z.object({ opened: openedOf, managed: z.boolean() });

/** Lets go of the person, or looks after them again. */
export const peopleHands = defineButton({
  name: 'people-hands',
  allow: 'moderator',
  run: async ({ payload, actor, access }) => {
    const { opened, managed } = handsOf.parse(payload);
    const told = await access.people.setHands({ person: opened.person, managed });
    return above(told, await personPanel({ access, actor }, opened));
  },
});

const nothingOf = ({ title, goneAt }: Portrait): string =>
  goneAt === null
    ? `${bold(title)} has no access yet. Use /grant to give some.`
    : `${bold(title)} is gone from Plex and has nothing here any more.`;

function whyOf({ grant }: Portrait['libraries'][number]): string {
  if (grant === null) return '';
  const by = grant.giver === null ? 'given by Usher' : `given by <@${grant.giver}>`;
  const source = grant.source === 'import' ? 'had it before Usher' : by;
  const why = grant.reason === null ? '' : ` · ${escapeText(grant.reason, LONGEST_REASON)}`;
  return `\n-# ${source}${why}`;
}

interface Looking {
  readonly pages: number;
  readonly actor: Asker;
  readonly isHandsOff: boolean;
  /** The case that asks about what is otherwise in Plex. */
  readonly drift: string | null;
}

const handsButton = (opened: Opened, isHandsOff: boolean): Button => ({
  label: isHandsOff ? 'Look after' : 'Hands off',
  style: 'secondary',
  press: { button: 'people-hands', payload: { opened, managed: isHandsOff } },
});

const verdictButtons = (of: string): Button[] =>
  (['adopt', 'revert', 'ignore'] as const).map((verdict) => ({
    label: { adopt: 'Adopt', revert: 'Revert', ignore: 'Ignore' }[verdict],
    style: 'secondary',
    press: { button: 'drift', payload: { case: of, verdict } },
  }));

function buttonsOf(opened: Opened, { pages, actor, isHandsOff, drift }: Looking): Button[] {
  const { page, view, person: who } = opened;
  const manage: Button = {
    label: 'Manage access',
    style: 'primary',
    press: { button: 'manage-open', payload: { person: who, view } },
  };
  const to = (label: string, at: number): Button => ({
    label,
    style: 'secondary',
    press: { button: 'people-person', payload: { ...opened, page: at } },
  });
  const removal: Button = {
    label: 'Remove person',
    style: 'secondary',
    press: { button: 'people-remove-ask', payload: who },
  };
  return [
    ...(page > 1 ? [to(`‹ Page ${page - 1}`, page - 1)] : []),
    ...(page < pages ? [to(`Page ${page + 1} ›`, page + 1)] : []),
    ...(atLeast(actor.power, 'moderator') ? [manage] : []),
    to('Refresh', page),
    ...(drift !== null && atLeast(actor.power, 'moderator') ? verdictButtons(drift) : []),
    ...(atLeast(actor.power, 'moderator') ? [handsButton(opened, isHandsOff)] : []),
    ...(atLeast(actor.power, 'admin') ? [removal] : []),
    ...(view === null ? [] : [backTo(view)]),
  ];
}

const backTo = (view: View): Button => ({
  label: 'Back to list',
  style: 'secondary',
  press: { button: 'people-page', payload: view },
});
