/** Places in the compiled bot that everything passes again and again, each with a moment before it and one after. */
export const STEPS = ['a commit', 'a call to Plex', 'a post', 'an edit', 'a job'] as const;

/** Single lines on the way of a grant, a write to Plex and a notice, in the order in which they are passed. */
export const LINES = [
  {
    moment: 'before',
    step: 'the grant is announced',
    file: 'access/grant.js',
    text: 'announce(parts, done.announced);',
  },
  {
    moment: 'before',
    step: 'a look is stored',
    file: 'access/record.js',
    text: 'const news = await tables.shares.save(stored, after, closed);',
  },
  {
    moment: 'before',
    step: 'the attempt is committed',
    file: 'access/write.js',
    text: 'const planned = await plan(parts, scene, due);',
  },
  {
    moment: 'after',
    step: 'the attempt is committed',
    file: 'access/write.js',
    text: 'const planned = await plan(parts, scene, due);',
  },
  {
    moment: 'after',
    step: 'a write to Plex',
    file: 'access/write.js',
    text: 'parts.gate.open(scene.server.ownerId);',
  },
  {
    moment: 'before',
    step: 'the read-back',
    file: 'access/reconcile.js',
    text: 'const gaveAll = written.length > 0 ?',
  },
  {
    moment: 'before',
    step: 'the read-back is stored',
    file: 'access/reconcile.js',
    text: 'for (const { subject, version } of written) {',
  },
  {
    moment: 'before',
    step: 'the run is over',
    file: 'access/reconcile.js',
    text: 'return { looked: subjects.length, unread, written: written.length, outage, gaveAll };',
  },
  {
    moment: 'before',
    step: 'a notice is marked as being sent',
    file: 'access/notices.js',
    text: 'await store.notices.sending(notice.id, channelId, clock.now());',
  },
  {
    moment: 'after',
    step: 'a notice is marked as being sent',
    file: 'access/notices.js',
    text: 'await store.notices.sending(notice.id, channelId, clock.now());',
  },
  {
    moment: 'before',
    step: 'a post is stored',
    file: 'access/notices.js',
    text: 'const { print: shown, dueAt } = letter;',
  },
  {
    moment: 'after',
    step: 'a post is stored',
    file: 'access/notices.js',
    text: 'await store.notices.shown(notice.id, { messageId, shown, dueAt, news: notice.news });',
  },
] as const;

/** The n-th time that the bot comes by a place. */
export interface Point {
  readonly moment: 'before' | 'after';
  readonly step: (typeof STEPS)[number] | (typeof LINES)[number]['step'];
  readonly nth: number;
}

export const tellPoint = ({ moment, step, nth }: Point): string =>
  `${moment} ${step}, number ${nth}`;

/** What stands in the file that arms a point. */
export const armed = ({ moment, step, nth }: Point): string => `${moment} ${step}:${nth}`;

/** Counts down when the file names this place, and dies like by kill -9 at the last: with the file, so that the next life goes on. */
const die = (place: string): string =>
  `{ const fs = process.getBuiltinModule('node:fs'), file = process.env.DIE_WHEN; if (fs.existsSync(file)) {` +
  ` const [place, left] = fs.readFileSync(file, 'utf8').split(':'); if (place === '${place}') {` +
  ` if (Number(left) > 1) fs.writeFileSync(file, place + ':' + (left - 1));` +
  ` else { fs.rmSync(file); process.kill(process.pid, 'SIGKILL'); } } } }`;

const around = (file: string, text: string, step: Point['step']) => ({
  file,
  text,
  replacement: `${die(`before ${step}`)} ${text} ${die(`after ${step}`)}`,
});

interface Patch {
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
}

/** Makes the bot mortal at all of these places. */
export const patches: readonly Patch[] = [
  ...LINES.map(({ file, text, moment, step }) => {
    const end = die(`${moment} ${step}`);
    return { file, text, replacement: moment === 'before' ? `${end} ${text}` : `${text} ${end}` };
  }),
  {
    file: 'store/store.js',
    text: 'return this.source.transaction((db) => work(new Tables(db)));',
    replacement:
      `return this.source.transaction(async (db) => { const done = await work(new Tables(db)); ${die('before a commit')} return done; })` +
      `.then((done) => { ${die('after a commit')} return done; });`,
  },
  {
    file: 'plex/http.js',
    text: 'const response = await fetch(call.url, {',
    replacement: `${die('before a call to Plex')} const response = await fetch(call.url, {`,
  },
  {
    file: 'plex/http.js',
    text: 'status = response.status;',
    replacement: `status = response.status; ${die('after a call to Plex')}`,
  },
  around(
    'access/notices.js',
    'const messageId = await poster.post({ guildId, channelId }, told, nonceOf(id));',
    'a post',
  ),
  around(
    'access/notices.js',
    'const isThere = await unlessLeft(poster.edit(to, id, letter.told), otherwise);',
    'an edit',
  ),
  {
    file: 'jobs/scheduler.js',
    text: '.then(() => job.run(job.parse(run.attrs.data), this.parts.context))',
    replacement:
      `.then(async () => { ${die('before a job')} const done = await job.run(job.parse(run.attrs.data), this.parts.context);` +
      ` ${die('after a job')} return done; })`,
  },
];
