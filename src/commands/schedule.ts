import { z } from 'zod';
import type { Access } from '../access/access.js';
import { LINES, ROWS } from '../access/schedule.js';
import type { ScheduleEdge, SchedulePage } from '../access/schedule.js';
import type { PicturePage } from '../access/scheduleDesk.js';
import { undrawn } from '../access/timeline.js';
import { bold, counted, dayOf, escapeText, listed, timeOf } from '../core/text.js';
import { choice, optional } from './command.js';
import { defineButton, defineCommand, library, person } from './define.js';
import type { Button, Reply } from './reply.js';

export const schedule = defineCommand({
  name: 'schedule',
  description: 'See what begins and ends in the next 30 days',
  allow: 'auditor',
  private: true,
  options: {
    person: optional(person('Choose a person; empty means everybody')),
    library: optional(library('Choose a library; empty means all of them')),
    picture: optional(
      choice('Choose whether to draw it; empty means words', {
        yes: 'As a picture',
        no: 'In words',
      }),
    ),
  },
  run: ({ values, access }) => {
    const { person: who, library: what, picture } = values;
    return look(access, firstPage({ person: who, library: what, isPicture: picture === 'yes' }));
  },
});

const viewOf = z.object({
  person: z.string().nullable(),
  library: z.string().nullable(),
  isPicture: z.boolean(),
  edge: z.object({ way: z.enum(['after', 'before']), at: z.string(), id: z.string() }).nullable(),
  /** 1 is the first page. */
  page: z.number(),
});
type View = z.infer<typeof viewOf>;

const firstPage = (of: Pick<View, 'person' | 'library' | 'isPicture'>): View => ({
  ...of,
  edge: null,
  page: 1,
});

/** Another page, the same one anew, or the other way to show it. */
export const schedulePage = defineButton({
  name: 'schedule-page',
  allow: 'auditor',
  run: ({ payload, access }) => look(access, viewOf.parse(payload)),
});

async function look(access: Access, asked: View): Promise<Reply> {
  const read = (view: View): Promise<SchedulePage & Partial<PicturePage>> =>
    view.isPicture ? access.schedule.picture(view) : access.schedule.page(view);
  const found = await read(asked);
  // What stood on that page is over by now.
  const isEmpty = found.rows.length === 0 && asked.edge !== null;
  const view = isEmpty ? firstPage(asked) : asked;
  const page = isEmpty ? await read(view) : found;
  const size = view.isPicture ? ROWS : LINES;
  const pages = Math.max(Math.ceil(page.total / size), view.page);
  const { picture } = page;
  return {
    tone: 'neutral',
    text: [
      ...headLines(view, page),
      '',
      ...(page.rows.length === 0 ? [nothing(view, page)] : []),
      ...(view.isPicture ? pictureLines(page) : dayLines(page)),
      ...(pages > 1 ? [`‹ ${view.page} of ${pages} ›`] : []),
    ].join('\n'),
    ...(picture && { files: [picture] }),
    buttons: buttonsOf({ ...view, person: page.personId, library: page.libraryId }, page),
    lives: 'panel',
  };
}

function headLines({ isPicture }: View, { about, total }: SchedulePage): string[] {
  const which = about.length === 0 ? '' : ` · ${about.map(bold).join(' · ')}`;
  const many = isPicture ? counted(total, 'line', 'lines') : counted(total, 'change', 'changes');
  return [`**Schedule**${which}`, `The next 30 days · ${many}`];
}

function nothing({ isPicture }: View, { about }: SchedulePage): string {
  if (about.length === 0) {
    return 'Nothing begins or ends in the next 30 days. Give a library until a day with /grant.';
  }
  return isPicture
    ? `There is nothing to draw of ${listed(about)}. Give something with /grant.`
    : `Nothing of ${listed(about)} begins or ends in the next 30 days. The picture shows what stays.`;
}

/** A heading for each day, and under it a short line for each change. */
function dayLines(page: SchedulePage): string[] {
  return page.rows.flatMap((row, index) => {
    const isNew = page.rows[index - 1]?.day !== row.day;
    return [...(isNew ? [`**${dayOf(row.at)}**`] : []), changeLine(row, page)];
  });
}

function changeLine(row: SchedulePage['rows'][number], page: SchedulePage): string {
  const { personId, libraryId } = page;
  const names = [
    ...(personId === null ? [bold(row.person)] : []),
    ...(libraryId === null ? [escapeText(row.libraryName, 30)] : []),
  ];
  const name = names.length === 0 ? bold(row.libraryName) : names.join(' · ');
  const kept = row.what === 'ends' && row.isDefault ? ', stays as default' : '';
  return `${timeOf(row.at)} ${name} ${row.what}${kept}`;
}

/** Who stands where the picture has no letters for their name. */
function pictureLines(page: SchedulePage): string[] {
  const lines = undrawn(page.rows).map(
    ({ row, name }) => `${name}: ${bold(row.person)} · ${escapeText(row.libraryName, 60)}`,
  );
  return page.rows.length === 0 ? [] : [`-# Times are in ${page.zone}.`, ...lines];
}

function buttonsOf(view: View, { rows, hasMore }: SchedulePage): Button[] {
  const to = (label: string, next: View, style: Button['style'] = 'secondary'): Button => ({
    label,
    style,
    press: { button: 'schedule-page', payload: next },
  });
  const edge = (way: ScheduleEdge['way']): ScheduleEdge | null => {
    const row = way === 'after' ? rows.at(-1) : rows[0];
    return row ? { way, at: row.at.toISOString(), id: row.id } : null;
  };
  const { page, isPicture } = view;
  const back = page === 2 ? null : edge('before');
  const other = firstPage({ ...view, isPicture: !isPicture });
  return [
    ...(page > 1 ? [to(`‹ Page ${page - 1}`, { ...view, edge: back, page: page - 1 })] : []),
    ...(hasMore
      ? [to(`Page ${page + 1} ›`, { ...view, edge: edge('after'), page: page + 1 })]
      : []),
    to(isPicture ? 'Show in words' : 'Show a picture', other, 'primary'),
    to('Refresh', view),
  ];
}
