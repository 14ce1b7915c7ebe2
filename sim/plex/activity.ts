import type { Answer, Handled, Request, Route } from '../common/server.js';
import { html, tag } from './shapes.js';
import { media } from './pms.js';
import type { Door, Visit } from './pms.js';
import type { PlexWorld, Server } from './world.js';

type View = Omit<PlexWorld['history'][number], 'viewedAt'>;

const PAGE = 100_000;

/** How a library's things are called: as an element, and as a type. */
const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  show: ['Video', 'episode'],
  artist: ['Track', 'track'],
  photo: ['Photo', 'photo'],
};

/** A number that stays with a title of a library. */
function ratingKey({ sectionKey, title }: View): string {
  let sum = 7;
  for (const byte of Buffer.from(`${sectionKey} ${title}`)) sum = (sum * 31 + byte) % 89_999;
  return String(10_000 + sum);
}

/** A thing that was watched; once its library is gone, without the way to it. */
function thing(server: Server, view: View) {
  const library = server.libraries.find((one) => one.key === view.sectionKey);
  const [element, type] = KINDS[library?.type ?? ''] ?? ['Video', 'movie'];
  const key = ratingKey(view);
  const there = library ? { ratingKey: key, key: `/library/metadata/${key}` } : {};
  const { sectionKey: librarySectionID, title } = view;
  return { element, row: { ...there, librarySectionID, type, title }, library };
}

/** What a media server tells of streams: those that run, and those that are over. */
export class Activity {
  constructor(private readonly door: Door) {}

  routes(): Route[] {
    const { door } = this;
    const terminate = '/status/sessions/terminate';
    return [
      door.route('/status/sessions', (r) => this.sessions(r)),
      door.route(terminate, (r) => this.terminate(r)),
      door.route(terminate, (r) => this.terminate(r), 'POST'),
      door.route('/status/sessions/history/all', (r) => this.history(r)),
    ];
  }

  /** The owner of a server is number 1 on it, whatever the id at plex.tv. */
  private localId({ server }: Visit, accountId: number): number {
    return this.door.tv.isOwn(server, { id: accountId }) ? 1 : accountId;
  }

  private sessions(request: Request): Answer {
    const visit = this.door.ownerVisit(request);
    if ('status' in visit) return visit;
    const { tv } = this.door;
    const { machineId } = visit.server;
    const playing = tv.world.sessions.filter((session) => session.machineId === machineId);
    const things = playing.map((session, i) => {
      const { element, row, library } = thing(visit.server, session);
      const id = this.localId(visit, session.accountId);
      return {
        element,
        row: {
          sessionKey: String(i + 1),
          ...row,
          librarySectionTitle: library?.title ?? '',
          viewOffset: 60_000,
          duration: 5_400_000,
        },
        User: { id: String(id), title: tv.callerBy(session.accountId)?.title ?? '', thumb: '' },
        Player: {
          title: 'TV',
          product: 'Plex for TV',
          platform: 'TV',
          device: 'TV',
          machineIdentifier: `player-${session.sessionId}`,
          address: '192.0.2.7',
          local: false,
          relayed: false,
          secure: true,
          state: 'playing',
          userID: id,
        },
        Session: { id: session.sessionId, bandwidth: 1, location: 'wan' },
      };
    });
    const size = things.length;
    return media(
      request,
      { size },
      {
        name: 'Metadata',
        rows: things.map(({ row, User, Player, Session }) => ({ ...row, User, Player, Session })),
        xml: things.map(({ element, row, User, Player, Session }) => {
          const children = [tag('User', User), tag('Player', Player), tag('Session', Session)];
          return tag(element, row, children.join('\n'));
        }),
      },
    );
  }

  /** By `Session.id`. Without a Plex Pass 401, which says nothing of the token. */
  private terminate(request: Request): Handled {
    const visit = this.door.ownerVisit(request);
    if ('status' in visit) return visit;
    const { tv } = this.door;
    if (!tv.knobs.plexPass) return html(401, 'Unauthorized');
    const id = request.query.get('sessionId') ?? '';
    if (id === '') return html(403, 'Forbidden');
    const { machineId } = visit.server;
    const find = () =>
      tv.world.sessions.find((one) => one.sessionId === id && one.machineId === machineId);
    if (!find()) return html(404, 'Not Found');
    return {
      apply: () => {
        const session = find();
        if (!session) return html(404, 'Not Found');
        tv.stop(session);
        tv.changed();
        return { status: 200 };
      },
    };
  }

  /** What was watched, in pages; the owner sees everybody's, a guest their own. */
  private history(request: Request): Answer {
    const visit = this.door.visit(request);
    if ('status' in visit) return visit;
    const { query, headers } = request;
    const found = this.views(request, visit);
    const paging = (name: string, otherwise: number): number => {
      const text = headers[name.toLowerCase()] ?? query.get(name) ?? '';
      return /^\d+$/.test(text) ? Number(text) : otherwise;
    };
    const offset = paging('X-Plex-Container-Start', 0);
    const page = found.slice(offset, offset + paging('X-Plex-Container-Size', PAGE));
    const { length: size } = page;
    return media(
      request,
      { size, totalSize: found.length, offset },
      {
        name: 'Metadata',
        rows: page.map(({ row }) => row),
        xml: page.map(({ element, row }) => tag(element, row)),
      },
    );
  }

  private views(request: Request, visit: Visit) {
    const { query } = request;
    const { machineId } = visit.server;
    const wanted = (name: string, value: string | number | undefined): boolean =>
      !query.has(name) || query.get(name) === String(value);
    const sign = query.get('sort') === 'viewedAt:desc' ? -1 : 1;
    return this.door.tv.world.history
      .map((view, i) => ({ view, historyKey: `/status/sessions/history/${i + 1}` }))
      .filter(({ view }) => view.machineId === machineId)
      .filter(({ view }) => visit.guest === null || view.accountId === visit.guest.id)
      .map(({ view, historyKey }) => {
        const { element, row } = thing(visit.server, view);
        const { viewedAt } = view;
        const accountID = this.localId(visit, view.accountId);
        return { element, row: { historyKey, ...row, viewedAt, accountID, deviceID: 1 } };
      })
      .filter(({ row }) => wanted('accountID', row.accountID))
      .filter(({ row }) => wanted('librarySectionID', row.librarySectionID))
      .filter(({ row }) => wanted('metadataItemID', row.ratingKey))
      .filter(({ row }) => row.viewedAt >= Number(query.get('viewedAt>') ?? 0))
      .sort((a, b) => sign * (a.row.viewedAt - b.row.viewedAt));
  }
}
