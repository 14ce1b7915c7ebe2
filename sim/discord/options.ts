import type { Hub, Json } from './hub.js';
import type { Resolved } from './resolved.js';
import { NotAllowed } from './use.js';
import type { Use } from './use.js';
import { letters, list } from './validate.js';
import { typeOf } from './validateCommands.js';
import { bits, everything, isTimedOut, permissionsIn } from './world.js';
import type { Guild } from './world.js';

type Value = string | number | boolean;

/** A command as it was used, and what was typed at. */
export interface Used {
  readonly data: Json;
  /** Type of the option with the cursor; 0 = none. */
  readonly typedAt: number;
}

/** What a command's or autocomplete's interaction carries; what cannot be used by that person throws. */
export function command(
  hub: Hub,
  use: Use,
  { guild, resolved }: { guild: Guild | null; resolved: Resolved },
): Used {
  const path = (use.name ?? '').split(' ');
  const scopes = [guild?.id ?? '', 'global'].flatMap((scope) => hub.commands.get(scope) ?? []);
  const isOnPerson = use.kind === 'user';
  const found = scopes.find(
    (one) => one.name === (isOnPerson ? use.name : path[0]) && typeOf(one) === (isOnPerson ? 2 : 1),
  );
  if (!found) throw new NotAllowed(`there is no command ${use.name ?? ''}`);
  mustSeeCommand(hub, found, { use, guild });
  const registered = found.guild_id === undefined ? {} : { guild_id: found.guild_id };
  const base = { id: found.id, name: found.name, type: typeOf(found), ...registered };
  if (isOnPerson) {
    resolved.user(use.target ?? '');
    return { data: { ...base, target_id: use.target, ...resolved.part }, typedAt: 0 };
  }
  const leaf = leafOf(found, path.slice(1), use.name ?? '');
  const focused = leaf.declared.find((option) => option.name === use.focused);
  if (use.kind === 'autocomplete' && focused?.autocomplete !== true) {
    throw new NotAllowed(`${use.focused ?? 'nothing'} has no suggestions`);
  }
  const own = optionsOf(use, leaf.declared, resolved);
  const options = leaf.wrappers.reduceRight<Json[]>((in_, w) => [{ ...w, options: in_ }], own);
  return { data: { ...base, options, ...resolved.part }, typedAt: Number(focused?.type ?? 0) };
}

/** The subcommand that a name of several words leads to. */
function leafOf(
  found: Json,
  path: readonly string[],
  name: string,
): { declared: Json[]; wrappers: Json[] } {
  let declared = list(found.options);
  const wrappers: Json[] = [];
  for (const word of path) {
    const sub = declared.find((option) => option.name === word && typeOf(option) <= 2);
    if (!sub) throw new NotAllowed(`there is no ${name}`);
    wrappers.push({ name: word, type: sub.type });
    declared = list(sub.options);
  }
  if (declared.some((option) => typeOf(option) <= 2)) throw new NotAllowed('choose a subcommand');
  return { declared, wrappers };
}

function optionsOf(use: Use, declared: readonly Json[], resolved: Resolved): Json[] {
  const isTyping = use.kind === 'autocomplete';
  const typed = isTyping && use.focused ? { [use.focused]: '', ...use.options } : use.options;
  const given = Object.entries(typed).map(([name, value]) => {
    const option = declared.find((one) => one.name === name);
    if (!option) throw new NotAllowed(`there is no option ${name}`);
    const focus = isTyping && use.focused === name ? { focused: true } : {};
    // While somebody types, nothing is checked, and nobody is looked up.
    if (!isTyping) hold(option, value, resolved);
    return { name, type: option.type, value, ...focus };
  });
  const files = Object.entries(use.files).map(([name, file]) => {
    const option = declared.find((one) => one.name === name);
    if (option?.type !== 11 || Array.isArray(file)) throw new NotAllowed(`${name} takes no file`);
    return { name, type: 11, value: resolved.file(file, option.file_types) };
  });
  const missing = declared.find(
    ({ required, name }) =>
      required === true && !(String(name) in use.options) && !(String(name) in use.files),
  );
  if (missing && !isTyping) throw new NotAllowed(`${String(missing.name)} is required`);
  return [...given, ...files];
}

/** Holds a value against its option, and resolves it. */
function hold(option: Json, value: Value, resolved: Resolved): void {
  const type = Number(option.type);
  const name = String(option.name);
  const kind = { 4: 'number', 5: 'boolean', 10: 'number' }[type] ?? 'string';
  const isKind = typeof value === kind && (type !== 4 || Number.isInteger(value));
  if (!isKind || type === 11) throw new NotAllowed(`${name}: not a value of that kind`);
  const choices = list(option.choices);
  if (choices.length > 0 && !choices.some((choice) => choice.value === value)) {
    throw new NotAllowed(`${name}: not one of the choices`);
  }
  const size = typeof value === 'number' ? value : letters(value);
  const [least, most] =
    typeof value === 'number'
      ? [option.min_value ?? -(2 ** 53), option.max_value ?? 2 ** 53]
      : [option.min_length ?? 0, option.max_length ?? 6000];
  if (size < Number(least) || size > Number(most)) {
    throw new NotAllowed(`${name}: not within ${Number(least)} and ${Number(most)}`);
  }
  const id = String(value);
  if (type === 6) resolved.user(id);
  if (type === 7) resolved.channel(id, option.channel_types);
  if (type === 8) resolved.role(id);
  if (type === 9) resolved.mentionable(id);
}

/** Who sees a command: Administrators; else by what server admins set for it, else by its default permissions. */
function mustSeeCommand(
  hub: Hub,
  found: Json,
  { use, guild }: { use: Use; guild: Guild | null },
): void {
  const contexts = found.contexts as number[] | null | undefined;
  if (contexts && !contexts.includes(guild ? 0 : 1)) {
    throw new NotAllowed('that command is not for this place');
  }
  if (!guild) return;
  const { parent } = hub.channel(use.channel ?? '');
  const may = permissionsIn(guild, parent ?? undefined, use.user);
  if (may === everything) return;
  if (isTimedOut(guild, use.user)) throw new NotAllowed('that person is in a time-out');
  if (!(may & bits.useCommands)) throw new NotAllowed('no commands in that channel');
  const place = { guild, user: use.user, channel: parent?.id ?? '' };
  const [own, app] = [found.id, hub.world.application.id].map((id) =>
    overridden(hub.permissions.get(`${guild.id} ${String(id)}`) ?? [], place),
  );
  const { default_member_permissions: needed } = found;
  const isDefault =
    typeof needed !== 'string' || (needed !== '0' && (may & BigInt(needed)) === BigInt(needed));
  const isChannel = own?.channel ?? app?.channel ?? true;
  if (!isChannel || !(own?.person ?? app?.person ?? isDefault)) {
    throw new NotAllowed('this user may not see that command');
  }
}

/** What server admins said of a person and of a channel; undefined = nothing. */
function overridden(
  entries: readonly Json[],
  { guild, user, channel }: { guild: Guild; user: string; channel: string },
): { person: boolean | undefined; channel: boolean | undefined } {
  const roles = guild.members.find((one) => one.user.id === user)?.roles ?? [];
  const said = (type: number, ids: readonly string[]): boolean | undefined => {
    const found = entries.filter((one) => one.type === type && ids.includes(String(one.id)));
    return found.length === 0 ? undefined : found.some((one) => one.permission === true);
  };
  const allChannels = String(BigInt(guild.id) - 1n);
  return {
    person: said(2, [user]) ?? said(1, roles) ?? said(1, [guild.id]),
    channel: said(3, [channel]) ?? said(3, [allChannels]),
  };
}
