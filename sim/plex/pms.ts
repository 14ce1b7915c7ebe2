import type { Answer, Request, Route } from '../common/server.js';
import { html, json, tag, xml } from './shapes.js';
import { guestToken } from './plexTv.js';
import type { PlexTv } from './plexTv.js';
import type { Library, Server } from './world.js';
import { tokenIn } from './who.js';

/** A server and who asks it: `guest` is null for the owner, else what the server lets them see. */
export interface Visit {
  readonly server: Server;
  readonly guest: { readonly id: number; readonly libraries: readonly Library[] } | null;
}

const VERSION = '1.43.2.10687-abc';
const AGENTS: Readonly<Record<string, readonly [string, string]>> = {
  movie: ['tv.plex.agents.movie', 'Plex Movie'],
  show: ['tv.plex.agents.series', 'Plex TV Series'],
  artist: ['tv.plex.agents.music', 'Plex Music'],
  photo: ['com.plexapp.agents.none', 'Plex Photo Scanner'],
};

export const isJson = (request: Request): boolean =>
  request.headers.accept?.includes('application/json') ?? false;

/** A media server's answer, of attributes alone or with a list of elements. */
export function media(
  request: Request,
  attributes: Record<string, string | number | boolean>,
  list?: {
    readonly name: string;
    readonly rows: readonly object[];
    readonly xml: readonly string[];
  },
): Answer {
  if (!isJson(request)) return xml(tag('MediaContainer', attributes, list?.xml.join('\n')));
  // Nothing there: the list is not empty but absent.
  const rows = list && list.rows.length > 0 ? { [list.name]: list.rows } : {};
  return json({ MediaContainer: { ...attributes, ...rows } });
}

/** The address of a media server, and who gets in. */
export class Door {
  constructor(
    readonly tv: PlexTv,
    private readonly machineId: string | null,
  ) {}

  /** The first server stands at the root, every other one below `/pms/<machineId>`. */
  route(path: string, handle: Route['handle'], method = 'GET'): Route {
    const at = this.machineId === null ? '' : `/pms/${this.machineId}`;
    return { method, path: at !== '' && path === '/' ? at : `${at}${path}`, handle };
  }

  get server(): Server | undefined {
    const { servers } = this.tv.world;
    return this.machineId === null
      ? servers[0]
      : servers.find((one) => one.machineId === this.machineId);
  }

  /** Lets in the owner, and guests by an account's token or by the token of one share: as far as the server has heard. */
  visit(request: Request): Visit | Answer {
    const { server } = this;
    if (!server) return html(404, 'Not Found');
    const token = tokenIn(request);
    const caller = this.tv.callerOf(token);
    if (caller && this.tv.isOwn(server, caller)) return { server, guest: null };
    const share = this.tv
      .enforced(server.machineId)
      .find((one) => guestToken(one) === token || (caller && one.accountId === caller.id));
    if (share && share.accountId !== null && share.acceptedAt !== null) {
      const libraries = server.libraries.filter(
        (l) => share.allLibraries || share.sectionIds.includes(l.sectionId),
      );
      return { server, guest: { id: share.accountId, libraries } };
    }
    if (caller && server.sharedTo?.includes(caller.id)) {
      return { server, guest: { id: caller.id, libraries: server.libraries } };
    }
    return html(401, 'Unauthorized');
  }

  /** The same, for what only the owner may. */
  ownerVisit(request: Request): Visit | Answer {
    const visit = this.visit(request);
    return 'guest' in visit && visit.guest ? html(403, 'Forbidden') : visit;
  }
}

/** What a media server says of itself, its libraries and the accounts it knows. */
export class MediaServer {
  constructor(private readonly door: Door) {}

  routes(): Route[] {
    const { door } = this;
    return [
      door.route('/', (r) => this.root(r)),
      door.route('/identity', (r) => this.identity(r)),
      door.route('/library', (r) => this.library(r)),
      door.route('/library/sections', (r) => this.sections(r)),
      door.route('/accounts', (r) => this.accounts(r)),
    ];
  }

  private root(request: Request): Answer {
    const visit = this.door.visit(request);
    if ('status' in visit) return visit;
    return media(request, {
      size: 0,
      allowSharing: true,
      allowSync: true,
      friendlyName: visit.server.name,
      machineIdentifier: visit.server.machineId,
      multiuser: true,
      myPlex: true,
      myPlexSigninState: 'ok',
      myPlexSubscription: this.door.tv.knobs.plexPass,
      myPlexUsername: this.door.tv.ownerOf(visit.server).username,
      platform: 'Linux',
      version: VERSION,
    });
  }

  private identity(request: Request): Answer {
    const { server } = this.door;
    if (!server) return html(404, 'Not Found');
    const { machineId: machineIdentifier } = server;
    return media(request, { size: 0, claimed: true, machineIdentifier, version: VERSION });
  }

  /** The way to the libraries that only the owner may take. */
  private library(request: Request): Answer {
    const visit = this.door.ownerVisit(request);
    if ('status' in visit) return visit;
    const attributes = {
      size: 0,
      identifier: 'com.plexapp.plugins.library',
      title1: 'Plex Library',
    };
    return media(request, attributes);
  }

  private sections(request: Request): Answer {
    const visit = this.door.visit(request);
    if ('status' in visit) return visit;
    const libraries = visit.guest?.libraries ?? visit.server.libraries;
    const rows = libraries.map((library) => {
      const [agent, scanner] = AGENTS[library.type] ?? ['', ''];
      return {
        key: library.key,
        uuid: library.uuid,
        title: library.title,
        type: library.type,
        agent,
        scanner,
        language: 'en-US',
        refreshing: false,
        createdAt: 1_700_000_000,
        updatedAt: 1_700_000_000,
        scannedAt: 1_700_000_000,
        contentChangedAt: 1,
        hidden: 0,
      };
    });
    const place = (key: string) => ({ id: Number(key), path: `/media/${key}` });
    return media(
      request,
      { size: rows.length, allowSync: false, title1: 'Plex Library' },
      {
        name: 'Directory',
        rows: rows.map((row) => ({ ...row, Location: [place(row.key)] })),
        xml: rows.map((row) => tag('Directory', row, tag('Location', place(row.key)))),
      },
    );
  }

  /** Everybody whom the server has ever let in; its owner is number 1. */
  private accounts(request: Request): Answer {
    const visit = this.door.ownerVisit(request);
    if ('status' in visit) return visit;
    const { tv } = this.door;
    const owner = tv.ownerOf(visit.server);
    const rows = [
      { id: 1, key: '/accounts/1', name: owner.username, thumb: '' },
      ...tv
        .peopleOf(owner, tv.world)
        .map((one) => ({ id: one.id, key: `/accounts/${one.id}`, name: one.title, thumb: '' })),
    ];
    const list = { name: 'Account', rows, xml: rows.map((row) => tag('Account', row)) };
    return media(request, { size: rows.length }, list);
  }
}
