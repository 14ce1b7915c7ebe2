import type { Answer, Handled, Request, Route } from '../common/server.js';
import { v1Error, v2 } from './shapes.js';
import type { PlexTv } from './plexTv.js';
import { isFilter, namesIn, readSettings, setSettings, settingsOf } from './settings.js';
import { NO_SETTINGS } from './world.js';
import type { Account, Settings } from './world.js';
import type { Who } from './who.js';

/** Why these settings cannot be written, if so. */
export function refusedSettings(
  tv: PlexTv,
  account: Account | undefined,
  values: Partial<Settings>,
): Answer | null {
  const wanted = namesIn(values);
  if (account?.restrictionProfile && wanted.some(isFilter)) return refusedFor(account);
  const needPass = wanted.some((name) => name !== 'allowChannels');
  return needPass && !tv.knobs.plexPass
    ? v1Error(403, 'Restrictions need a Plex Pass of the owner of the server.')
    : null;
}

const refusedFor = ({ title }: Account): Answer =>
  v1Error(422, `An error occurred updating the settings for ${title}.`);

/** What a person may do with what is shared, and what is filtered out for them. */
export class SharingSettings {
  constructor(
    private readonly tv: PlexTv,
    private readonly who: Who,
  ) {}

  routes(): Route[] {
    return [
      { method: 'GET', path: '/api/v2/sharing_settings', handle: (r) => this.read(r) },
      { method: 'POST', path: '/api/v2/sharing_settings', handle: (r) => this.replace(r) },
      { method: 'PUT', path: '/api/users/:account', handle: (r) => this.putFilters(r) },
      { method: 'PUT', path: '/api/v2/sharings/:account', handle: (r) => this.putSharings(r) },
    ];
  }

  /** One of the caller's people, by id, name or address. */
  private person(request: Request, wanted: unknown): Account {
    const people = this.tv.peopleOf(this.who.caller(request), this.tv.world);
    const text =
      typeof wanted === 'number' || typeof wanted === 'string' ? String(wanted).toLowerCase() : '';
    const found = people.find(
      ({ id, username, email }) =>
        text !== '' && [String(id), username.toLowerCase(), email.toLowerCase()].includes(text),
    );
    if (!found) throw this.who.notFound(request);
    return found;
  }

  private read(request: Request): Answer {
    this.who.caller(request);
    const { query } = request;
    const account = this.person(request, query.get('invitedId') ?? query.get('invitedEmail'));
    return this.shown(request, account);
  }

  private shown(request: Request, account: Account): Answer {
    return v2(request.headers.accept, { name: 'sharingSettings', value: settingsOf(account) });
  }

  /** A complete object: what it leaves out falls back to nothing. */
  private replace(request: Request): Handled {
    this.who.caller(request);
    const body = (request.body ?? {}) as Record<string, unknown>;
    const whom = body.invitedId ?? body.invitedEmail;
    const values = { ...NO_SETTINGS, ...readSettings(body.settings) };
    return this.write(request, { whom, values }, (account) => this.shown(request, account));
  }

  /** Only the fields that the query names change. */
  private putFilters(request: Request): Handled {
    const values = readSettings(Object.fromEntries(request.query));
    return this.write(request, { whom: Number(request.params.account), values }, () => ({
      status: 200,
    }));
  }

  /** Worked once, and answers 404 to most since. */
  private putSharings(request: Request): Handled {
    this.who.caller(request);
    if (!this.tv.knobs.putSharings) throw this.who.notFound(request);
    return this.putFilters(request);
  }

  private write(
    request: Request,
    { whom, values }: { whom: unknown; values: Partial<Settings> },
    answer: (account: Account) => Answer,
  ): Handled {
    const account = this.person(request, whom);
    if (account.restrictionProfile) return refusedFor(account);
    const refused = refusedSettings(this.tv, account, values);
    if (refused) return refused;
    return {
      apply: () => {
        const now = this.person(request, whom);
        setSettings(now, values);
        this.tv.changed();
        return answer(now);
      },
    };
  }
}
