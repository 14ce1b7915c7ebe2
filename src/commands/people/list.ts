import type { Access } from '../../access/access.js';
import { PAGE_SIZE } from '../../access/peoplePage.js';
import type { PageEdge, PeoplePage } from '../../access/peoplePage.js';
import { PEOPLE_STATES, stateNames } from '../../core/peopleStates.js';
import type { PeopleState } from '../../core/peopleStates.js';
import { counted, escapeName, plainName } from '../../core/text.js';
import { choice, optional, text } from '../command.js';
import { dashboardHead } from '../dashboardHead.js';
import { defineButton, defineCommand } from '../define.js';
import type { Button, Menu, Reply } from '../reply.js';
import { personLine } from './lines.js';
import { firstPage, viewOf } from './view.js';
import type { View } from './view.js';

const LONGEST_SEARCH = 60;

export const peopleList = defineCommand({
  name: 'people list',
  description: 'List people with what they have and when it next changes',
  allow: 'auditor',
  private: true,
  options: {
    state: optional(choice('Choose which people; empty means everybody', stateNames)),
    search: optional(
      text<Access>('Type a part of the name; empty means any', { maxLength: LONGEST_SEARCH }),
    ),
  },
  run: ({ values, access }) => {
    const { state, search } = values;
    return browse(
      access,
      firstPage('people', { state: state ?? 'everybody', search: search ?? '' }),
    );
  },
});

/** Shows the list as the button says: another page, or the same one anew. */
export const peoplePage = defineButton({
  name: 'people-page',
  allow: 'auditor',
  run: ({ payload, access }) => browse(access, viewOf.parse(payload)),
});

/** Shows the people of one state. */
export const peopleFilter = defineButton({
  name: 'people-filter',
  allow: 'auditor',
  run: ({ payload, chosen, access }) => {
    const { home, search } = viewOf.parse(payload);
    const state = PEOPLE_STATES.find((one) => one === chosen[0]) ?? 'everybody';
    return browse(access, firstPage(home, { state, search }));
  },
});

/** Looks for a name; nothing typed means everybody again. */
export const peopleSearch = defineButton({
  name: 'people-search',
  allow: 'auditor',
  modal: ({ payload }) => {
    const { data } = viewOf.safeParse(payload);
    return {
      title: 'Find a person',
      fields: {
        search: {
          label: 'Part of a name',
          description: 'Empty means everybody',
          required: false,
          maxLength: LONGEST_SEARCH,
          ...(data && data.search !== '' && { value: data.search }),
        },
      },
    };
  },
  run: ({ payload, fields, access }) => {
    const { home, state } = viewOf.parse(payload);
    return browse(access, firstPage(home, { state, search: fields['search'] ?? '' }));
  },
});

/** One page of the list, under what stands above it. */
export async function browse(access: Access, asked: View): Promise<Reply> {
  const read = (view: View) => access.people.page({ ...view, edge: view.edge as PageEdge | null });
  const found = await read(asked);
  // Whoever stood on that page is gone from it by now.
  const isEmpty = found.people.length === 0 && asked.edge !== null;
  const view = isEmpty ? firstPage(asked.home, asked) : asked;
  const page = isEmpty ? await read(view) : found;
  const head = view.home === 'dashboard' ? await dashboardHead(access) : ['**People**'];
  return {
    tone: 'neutral',
    text: [...head, '', ...listLines(view, page)].join('\n'),
    menus: [filterMenu(view), ...(page.people.length > 0 ? [openMenu(view, page)] : [])],
    buttons: buttonsOf(view, page),
    lives: 'panel',
  };
}

const NOBODY: Readonly<Record<PeopleState, string>> = {
  everybody: 'Nobody is known yet. Read Plex with /sync, or invite somebody with /grant.',
  active: 'Nobody has anything now. Give somebody a library with /grant.',
  scheduled: 'Nothing begins later. A start can be given with /grant.',
  ending: 'Nothing ends within 7 days.',
  pending: 'Nobody has an invite that waits. Invite somebody with /grant.',
  drifted: 'Plex shows everybody what was given here.',
  without: 'Everybody has been given something.',
  gone: 'Nobody is gone.',
};

function listLines({ state, search, page: at }: View, { people, total }: PeoplePage): string[] {
  const which = state === 'everybody' ? '' : ` · ${stateNames[state].toLowerCase()}`;
  const named = search === '' ? '' : ` · called "${escapeName(search)}"`;
  const pages = Math.max(Math.ceil(total / PAGE_SIZE), at);
  const none =
    search === ''
      ? NOBODY[state]
      : `Nobody here has "${escapeName(search)}" in their name. Search again, or show everybody.`;
  return [
    `**${counted(total, 'person', 'people')}**${which}${named}`,
    ...(people.length === 0 ? [none] : people.map(personLine)),
    ...(pages > 1 ? [`‹ ${at} of ${pages} ›`] : []),
  ];
}

const filterMenu = (view: View): Menu => ({
  kind: 'words',
  placeholder: 'Show which people',
  options: PEOPLE_STATES.map((state) => ({
    label: stateNames[state],
    value: state,
    isChosen: state === view.state,
  })),
  press: { button: 'people-filter', payload: view },
});

const openMenu = (view: View, { people }: PeoplePage): Menu => ({
  kind: 'words',
  placeholder: 'Open a person',
  options: people.map(({ id, title }) => ({ label: plainName(title, 100), value: id })),
  press: { button: 'people-open', payload: { view } },
});

function buttonsOf(view: View, { people, hasMore }: PeoplePage): Button[] {
  const to = (label: string, next: View, style: Button['style'] = 'secondary'): Button => ({
    label,
    style,
    press: { button: 'people-page', payload: next },
  });
  const edge = (way: PageEdge['way']): View['edge'] => {
    const at = way === 'after' ? people.at(-1) : people[0];
    return at ? { way, sortedBy: at.sortedBy, id: at.id } : null;
  };
  const { page } = view;
  const back = page === 2 ? null : edge('before');
  const search = { button: 'people-search', payload: view };
  const isNarrow = view.search !== '' || view.state !== 'everybody';
  return [
    ...(page > 1 ? [to(`‹ Page ${page - 1}`, { ...view, edge: back, page: page - 1 })] : []),
    ...(hasMore
      ? [to(`Page ${page + 1} ›`, { ...view, edge: edge('after'), page: page + 1 })]
      : []),
    { label: 'Search', style: 'primary', press: search },
    to('Refresh', view),
    ...(isNarrow ? [to('Show everybody', firstPage(view.home))] : []),
  ];
}
