import { without } from './hub.js';
import type { Hub, Json } from './hub.js';
import { NotAllowed } from './use.js';
import type { GivenFile } from './use.js';
import { permissionsIn } from './world.js';
import type { Guild } from './world.js';

type Kind = 'users' | 'members' | 'roles' | 'channels' | 'attachments';

/** The `resolved` part of an interaction: the objects behind the ids that somebody chose. */
export class Resolved {
  private readonly found: Partial<Record<Kind, Json>> = {};

  constructor(
    private readonly hub: Hub,
    private readonly guild: Guild | null,
    /** Whose choice it is: channels are told with what they may do there. */
    private readonly chooser: string,
  ) {}

  /** Nothing = no such part, as Discord sends it. */
  get part(): { resolved?: Json } {
    return Object.keys(this.found).length > 0 ? { resolved: this.found } : {};
  }

  private add(kind: Kind, id: string, what: unknown): void {
    this.found[kind] = { ...this.found[kind], [id]: what };
  }

  user(id: string): void {
    const user = [this.hub.world.bot, ...this.hub.world.users].find((one) => one.id === id);
    if (!user) throw new NotAllowed(`there is nobody ${id}`);
    this.add('users', id, user);
    const member = this.guild?.members.find((one) => one.user.id === id);
    if (!member || !this.guild) return;
    const permissions = String(permissionsIn(this.guild, undefined, id));
    this.add('members', id, { ...without(member, 'user', 'deaf', 'mute'), permissions });
  }

  role(id: string): void {
    const role = this.guild?.roles.find((one) => one.id === id);
    if (!role) throw new NotAllowed(`there is no role ${id}`);
    this.add('roles', id, role);
  }

  mentionable(id: string): void {
    if (this.guild?.roles.some((role) => role.id === id)) this.role(id);
    else this.user(id);
  }

  /** `types`: what kinds of channel may be chosen; none = every kind. */
  channel(id: string, types: unknown): void {
    const { guild } = this;
    const all = guild ? [...guild.channels, ...guild.threads] : [];
    const channel = all.find((one) => one.id === id);
    if (!guild || !channel) throw new NotAllowed(`there is no channel ${id}`);
    if (Array.isArray(types) && types.length > 0 && !types.includes(channel.type)) {
      throw new NotAllowed(`that kind of channel cannot be chosen`);
    }
    const { parent } = this.hub.channel(id);
    const may = (who: string) => String(permissionsIn(guild, parent ?? undefined, who));
    this.add('channels', id, {
      ...channel,
      guild_id: guild.id,
      permissions: may(this.chooser),
      app_permissions: may(this.hub.world.bot.id),
    });
  }

  /** Takes a file in, to be fetched by its url; gives its id. */
  file({ filename, base64 }: GivenFile, types: unknown): string {
    if (!isOfKind(filename, types))
      throw new NotAllowed(`${filename}: not a kind of file asked for`);
    const id = this.hub.nextId();
    const content = Buffer.from(base64, 'base64');
    this.hub.files.set(id, content);
    const url = `${this.hub.origin}/attachments/${id}/${encodeURIComponent(filename)}`;
    const expires = Math.floor(Date.now() / 1000) + 86_400;
    const signed = `${url}?ex=${expires.toString(16)}`;
    this.add('attachments', id, {
      id,
      filename,
      size: content.length,
      url: signed,
      proxy_url: signed,
      ephemeral: true,
    });
    return id;
  }
}

const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  image: ['.png', '.jpg', '.jpeg', '.gif', '.webp', '.avif'],
  video: ['.mp4', '.mov', '.webm'],
  audio: ['.mp3', '.ogg', '.wav', '.flac', '.m4a'],
};

/** Discord looks at names alone. */
function isOfKind(filename: string, types: unknown): boolean {
  if (!Array.isArray(types) || types.length === 0) return true;
  return (types as string[])
    .flatMap((type) => ENDINGS[type] ?? [type])
    .some((ending) => filename.toLowerCase().endsWith(ending));
}
