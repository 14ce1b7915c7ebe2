/** Places in the compiled bot that everything passes again and again, each with a moment before it and one after. */
export const STEPS = ['a commit', 'a call to Plex', 'a post', 'an edit', 'a job'] as const;

/** The n-th time that the bot comes by a place. */
export interface Point {
  readonly moment: 'before' | 'after';
  readonly step: (typeof STEPS)[number];
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

/** Makes the bot mortal at all of these places. */
export const patches = [
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
