import type { Answer, Handled, Request } from '../common/server.js';
import type { Hub, Json } from './hub.js';
import { Refused } from './refused.js';
import { bodyOf, ok } from './route.js';
import type { DiscordRoute, RestParts } from './route.js';
import { list } from './validate.js';
import { commandErrors, commandsErrors, mustFit, typeOf } from './validateCommands.js';

const DAY_MS = 86_400_000;
const CREATES_A_DAY = 200;
const KINDS = ['name', 'description'];

/** Registering commands, in a guild or everywhere. */
export function commandRoutes({ hub }: RestParts): DiscordRoute[] {
  const commands = new CommandBook(hub);
  return ['/applications/:app', '/applications/:app/guilds/:guild'].flatMap((scope) => {
    const all = `${scope}/commands`;
    const one = `${scope}/commands/:command`;
    const gives = 'ApplicationCommandResponse';
    const routes: DiscordRoute[] = [
      { method: 'GET', path: all, gives: `${gives}[]`, handle: (r) => commands.list(r) },
      {
        method: 'PUT',
        path: all,
        takes: 'ApplicationCommandUpdateRequest[]',
        gives: `${gives}[]`,
        handle: (r) => commands.overwrite(r),
      },
      {
        method: 'POST',
        path: all,
        takes: 'ApplicationCommandCreateRequest',
        gives,
        handle: (r) => commands.upsert(r),
      },
      { method: 'GET', path: one, gives, handle: (r) => ok(commands.one(r)) },
      {
        method: 'PATCH',
        path: one,
        takes: 'ApplicationCommandPatchRequestPartial',
        gives,
        handle: (r) => commands.edit(r),
      },
      { method: 'DELETE', path: one, handle: (r) => commands.remove(r) },
    ];
    if (!scope.includes('guild')) return routes;
    const path = `${one}/permissions`;
    const reads = { method: 'GET', path, gives: 'CommandPermissionsResponse' } as const;
    return [...routes, { ...reads, handle: (r) => commands.permissions(r) }];
  });
}

class CommandBook {
  private readonly created = new Map<string, number[]>();

  constructor(private readonly hub: Hub) {}

  list(request: Request): Answer {
    const full = request.query.get('with_localizations') === 'true';
    const commands = this.of(this.scopeOf(request));
    return ok(full ? commands : commands.map(withoutTranslations));
  }

  one(request: Request): Json {
    const id = request.params.command;
    const found = this.of(this.scopeOf(request)).find((command) => command.id === id);
    if (!found) throw new Refused(404, 10063, 'Unknown application command');
    return found;
  }

  permissions(request: Request): Answer {
    const { guild = '', command = '' } = request.params;
    this.scopeOf(request);
    const permissions = this.hub.permissions.get(`${guild} ${command}`);
    // Never written: for Discord there is nothing to find.
    if (!permissions) throw new Refused(404, 10066, 'Unknown application command permissions');
    const application_id = this.hub.world.application.id;
    return ok({ id: command, application_id, guild_id: guild, permissions });
  }

  overwrite(request: Request): Handled {
    const scope = this.scopeOf(request);
    const commands = list(request.body);
    mustFit(commands);
    this.hub.hold(
      { seq: request.seq, dir: 'in', schema: 'ApplicationCommandUpdateRequest[]' },
      commandsErrors(commands, kindOf(scope)),
    );
    const isNew = (command: Json) => !this.sameIn(scope, command);
    this.mayCreate(scope, commands.filter(isNew).length);
    return {
      apply: () => {
        this.countCreated(scope, commands.filter(isNew).length);
        const made = commands.map((command) => this.made(scope, command));
        this.hub.commands.set(scope, made);
        return ok(made);
      },
    };
  }

  upsert(request: Request): Handled {
    const scope = this.scopeOf(request);
    const command = bodyOf(request);
    const others = this.of(scope).filter((one) => one !== this.sameIn(scope, command));
    mustFit([...others, command]);
    this.hold(request, 'ApplicationCommandCreateRequest', command);
    const isNew = !this.sameIn(scope, command);
    this.mayCreate(scope, isNew ? 1 : 0);
    return {
      apply: () => {
        this.countCreated(scope, isNew ? 1 : 0);
        const made = this.made(scope, command);
        this.hub.commands.set(scope, [...others, made]);
        return { status: isNew ? 201 : 200, body: made };
      },
    };
  }

  edit(request: Request): Handled {
    const scope = this.scopeOf(request);
    const before = this.one(request);
    const after = { ...before, ...bodyOf(request) };
    this.hold(request, 'ApplicationCommandPatchRequestPartial', after);
    const twin = this.sameIn(scope, after);
    if (twin && twin !== before) {
      const why = 'Application command names must be unique';
      throw new Refused(400, 50035, why);
    }
    return {
      apply: () => {
        const made = { ...after, version: this.hub.nextId() };
        const all = this.of(scope).map((one) => (one.id === before.id ? made : one));
        this.hub.commands.set(scope, all);
        return ok(made);
      },
    };
  }

  remove(request: Request): Handled {
    const scope = this.scopeOf(request);
    const gone = this.one(request);
    return {
      apply: () => {
        const rest = this.of(scope).filter((one) => one.id !== gone.id);
        this.hub.commands.set(scope, rest);
        return { status: 204 };
      },
    };
  }

  private hold(request: Request, schema: string, command: Json): void {
    const scope = kindOf(this.scopeOf(request));
    const errors = commandErrors(command, { path: [], scope });
    this.hub.hold({ seq: request.seq, dir: 'in', schema }, errors);
  }

  private scopeOf({ params }: Request): string {
    if (params.app !== this.hub.world.application.id)
      throw new Refused(404, 10002, 'Unknown Application');
    if (params.guild === undefined) return 'global';
    const isIn = this.hub.world.guilds.some((guild) => guild.id === params.guild);
    if (!isIn) throw new Refused(403, 50001, 'Missing Access');
    return params.guild;
  }

  private of(scope: string): Json[] {
    return this.hub.commands.get(scope) ?? [];
  }

  /** The same command of before: by name and type. It keeps its id, and with it what admins set for it. */
  private sameIn(scope: string, command: Json): Json | undefined {
    return this.of(scope).find(
      (one) => one.name === command.name && typeOf(one) === typeOf(command),
    );
  }

  private made(scope: string, command: Json): Json {
    const own = Object.entries(command).filter(([, value]) => value !== null);
    return {
      type: 1,
      description: '',
      ...Object.fromEntries(own),
      default_member_permissions: command.default_member_permissions ?? null,
      id: this.sameIn(scope, command)?.id ?? this.hub.nextId(),
      application_id: this.hub.world.application.id,
      version: this.hub.nextId(),
      ...(scope === 'global' ? {} : { guild_id: scope }),
    };
  }

  private mayCreate(scope: string, more: number): void {
    const today = (this.created.get(scope) ?? []).filter((at) => at > Date.now() - DAY_MS);
    this.created.set(scope, today);
    if (more > 0 && today.length + more > CREATES_A_DAY) {
      throw new Refused(
        400,
        30034,
        'Max number of daily application command creates has been reached (200)',
      );
    }
  }

  private countCreated(scope: string, more: number): void {
    const today = this.created.get(scope) ?? [];
    this.created.set(scope, [...today, ...Array.from({ length: more }, () => Date.now())]);
  }
}

const kindOf = (scope: string): 'guild' | 'global' => (scope === 'global' ? 'global' : 'guild');

/** Of a list, Discord leaves the translations out unless it is asked for them. */
function withoutTranslations(command: Json): Json {
  const parts = Object.entries(command).filter(
    ([key]) => !KINDS.some((kind) => key === `${kind}_localizations`),
  );
  return Object.fromEntries(
    parts.map(([key, value]) =>
      key === 'options' || key === 'choices'
        ? [key, list(value).map(withoutTranslations)]
        : [key, value],
    ),
  );
}
