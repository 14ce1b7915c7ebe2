import type { Access } from '../../access/access.js';
import type { LibraryPortrait, Portrait } from '../../access/portrait.js';
import type { PlexChange } from '../../access/rehearse.js';
import { policyWords } from '../../core/caseWords.js';
import { bold, counted, listed, plainName, shortTime } from '../../core/text.js';
import { libraryLine, libraryState } from '../people/lines.js';
import type { Button, Menu, Reply } from '../reply.js';
import { above } from '../setup/panel.js';
import { opened, stored, wishOf } from './managing.js';
import type { Managing } from './managing.js';

/** Discord's limit on the lines of a menu. */
const PAGE = 25;
const DRAFTS_SHOWN = 10;

/** All libraries of all servers with their state, what is to be changed, and what that does in Plex. */
export async function managePanel(access: Access, asked: Managing): Promise<Reply> {
  const found = await access.people.portrait(asked.person);
  const managing = { ...asked, person: found.id, seal: asked.seal ?? found.seal };
  if (managing.seal !== found.seal) return changedMeanwhile(access, managing, found);
  const changes =
    managing.drafts.length === 0 ? [] : await access.people.rehearse(wishOf(managing));
  if (changes === null) return changedMeanwhile(access, managing, found);
  const pages = Math.max(Math.ceil(found.libraries.length / PAGE), 1);
  const page = Math.min(managing.page, pages);
  const shown = found.libraries.slice((page - 1) * PAGE, page * PAGE);
  const at = { ...managing, page };
  return {
    tone: 'neutral',
    text: [
      `**Manage access** · ${bold(found.title)}`,
      stateLine(found, managing),
      ...shown.map((library) => lineOf(library, { found, managing })),
      ...(shown.length === 0 ? ['No library is known yet. Read Plex with /sync.'] : []),
      ...(pages > 1 ? [`‹ ${page} of ${pages} ›`] : []),
      ...plannedLines(found, at),
      ...changes.flatMap((change) => changeLines(change, found)),
    ].join('\n'),
    menus: shown.length === 0 ? [] : [chooser(at, shown, found)],
    buttons: buttonsOf(at, { pages, found }),
    lives: 'panel',
  };
}

/** Somebody else was quicker: nothing was done, and how it is now is shown. */
export async function changedMeanwhile(
  access: Access,
  { view }: Managing,
  { id, title }: Pick<Portrait, 'id' | 'title'>,
): Promise<Reply> {
  const text = `${bold(title)} was changed meanwhile, and nothing was saved. This is how it is now; choose again.`;
  return above({ tone: 'attention', text }, await managePanel(access, opened(id, view)));
}

function stateLine({ libraries, members }: Portrait, { chosen }: Managing): string {
  const given = libraries.filter(({ grant }) => grant !== null).length;
  const who = members.length === 0 ? '' : ` · is ${members.map((id) => `<@${id}>`).join(' and ')}`;
  const picked = chosen.length === 0 ? '' : ` · **${chosen.length} chosen**`;
  return `${given} of ${counted(libraries.length, 'library', 'libraries')} given${who}${picked}`;
}

function lineOf(
  library: LibraryPortrait,
  { found, managing }: { found: Portrait; managing: Managing },
): string {
  const mark = managing.chosen.includes(library.id) ? ' · **chosen**' : '';
  return `${libraryLine(library, found.now)}${mark}`;
}

function plannedLines({ libraries, now }: Portrait, { drafts, reason }: Managing): string[] {
  if (drafts.length === 0) return [];
  const lines = drafts.slice(0, DRAFTS_SHOWN).flatMap((draft) => {
    const library = libraries.find(({ id }) => id === draft.library);
    return library ? [`${bold(library.title)}: ${draftWords(draft, library, now)}`] : [];
  });
  const rest = drafts.length - DRAFTS_SHOWN;
  return [
    '',
    '**To be saved**',
    ...lines,
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...(reason === null ? [] : [`Why: ${plainName(reason, 100)}`]),
  ];
}

type AnyDraft = Managing['drafts'][number];

function draftWords(draft: AnyDraft, library: LibraryPortrait, now: Date): string {
  const before = libraryState(library, now);
  if (draft.kind === 'end') return `${before} → ends now`;
  const end = draft.until === null ? 'no end' : `until ${shortTime(draft.until)}`;
  const planned = library.grant !== null && library.grant.startsAt > now;
  const start = draft.from ?? (planned ? library.grant.startsAt : null);
  const from = start !== null && start > now ? `from ${shortTime(start)} ` : '';
  return `${before} → ${from}${end}`;
}

const KINDS: Readonly<Record<PlexChange['kind'], string>> = {
  none: 'nothing is sent to Plex now',
  create: 'a share is made',
  replace: 'the list is replaced',
  delete: 'the share ends, and with it the server',
  cancelInvite: 'the invitation is withdrawn',
  removePerson: policyWords.remove,
};

/** What Plex is sent at once, and what is left after it. */
function changeLines(change: PlexChange, { title }: Portrait): string[] {
  const { server, kind, added, removed, left, endPolicy } = change;
  const words = [
    added.length > 0 ? `adds ${listed(added)}` : '',
    removed.length > 0 ? `removes ${listed(removed)}` : '',
  ].filter((part) => part !== '');
  return [
    `In Plex on ${bold(server)}: ${[KINDS[kind], ...words].join('; ')}.`,
    ...(kind === 'none'
      ? []
      : [`${bold(title)} then has ${left.length === 0 ? 'nothing' : listed(left)} there.`]),
    ...(change.isStuck
      ? ['Plex lists no default library to keep, so the last ones stay until there is one.']
      : []),
    ...(change.endsAll
      ? ['Everything, also libraries to come, is lost for good with the first one taken.']
      : []),
    `-# When a last library ends there: ${policyWords[endPolicy]}.`,
  ];
}

const chooser = (
  managing: Managing,
  shown: readonly LibraryPortrait[],
  { now }: Portrait,
): Menu => ({
  kind: 'words',
  placeholder: 'Choose libraries',
  least: 0,
  most: shown.length,
  options: shown.map((library) => ({
    label: library.title,
    value: library.id,
    description: libraryState(library, now)
      .replace(/<t:\d+:t>/g, '')
      .replace(/<t:(\d+):d>/g, day),
    isChosen: managing.chosen.includes(library.id),
  })),
  press: {
    button: 'manage-choose',
    payload: { ...stored(managing), shown: shown.map(({ id }) => id) },
  },
});

/** A menu shows no times of Discord's: the day in figures, at Greenwich. */
const day = (_: string, seconds: string): string =>
  new Date(Number(seconds) * 1000).toISOString().slice(0, 10);

function buttonsOf(
  managing: Managing,
  { pages, found }: { pages: number; found: Portrait },
): Button[] {
  const { page, chosen, drafts } = managing;
  const to = (label: string, button: string, next: Managing = managing): Button => ({
    label,
    style: 'secondary',
    press: { button, payload: stored(next) },
  });
  const isTaking = drafts.some((draft) => draft.kind === 'end');
  const save: Button = {
    ...to(`Save ${counted(drafts.length, 'change', 'changes')}`, 'manage-save'),
    style: isTaking ? 'danger' : 'primary',
  };
  const person = { person: found.id, view: managing.view, page: 1 };
  return [
    ...(drafts.length > 0
      ? [save, to('Discard', 'manage-page', opened(found.id, managing.view))]
      : []),
    ...(chosen.length > 0
      ? [
          {
            ...to('Set time', 'manage-time'),
            style: drafts.length > 0 ? ('secondary' as const) : ('primary' as const),
          },
          to('Make permanent', 'manage-permanent'),
          to('End now', 'manage-end'),
        ]
      : []),
    ...(page > 1 ? [to(`‹ Page ${page - 1}`, 'manage-page', { ...managing, page: page - 1 })] : []),
    ...(page < pages
      ? [to(`Page ${page + 1} ›`, 'manage-page', { ...managing, page: page + 1 })]
      : []),
    ...(drafts.length === 0 ? [to('Refresh', 'manage-page', { ...managing, seal: null })] : []),
    {
      label: 'Show person',
      style: 'secondary',
      press: { button: 'people-person', payload: person },
    },
  ];
}
