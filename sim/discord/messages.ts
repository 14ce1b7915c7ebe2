import type { Upload } from '../common/body.js';
import { answered } from './answered.js';
import type { Hub, Json, Message } from './hub.js';
import { pinged } from './mentions.js';
import { invalid, Refused } from './refused.js';
import { list, messageErrors, mustSaySomething, text, V2 } from './validate.js';

/** An ephemeral message is seen by one person alone. */
export const EPHEMERAL = 64;
/** An answer that is still being thought about. */
export const LOADING = 128;
/** Of a message's flags, what a sender may set. */
const SENDABLE = EPHEMERAL | V2 | 4 | 4096;
const MIB = 1024 * 1024;

/** Who sends it, and what of it is checked by which name. */
export interface Sent {
  readonly seq: number;
  readonly schema: string;
  readonly files: readonly Upload[];
}

/** Makes messages and changes them. */
export class Messages {
  /** What messages were before they changed: shown to reads that are late. */
  private readonly versions: { readonly at: number; readonly id: string; readonly was: Message }[] =
    [];

  constructor(private readonly hub: Hub) {}

  /** Refuses what cannot become a message. */
  check(body: Json, flags: number, { seq, schema, files }: Sent): void {
    mustBeSmall(files);
    const names = filesOf(body, files).map(({ filename }) => filename);
    const errors = messageErrors(body, { flags, files: names });
    this.hub.hold({ seq, dir: 'in', schema }, errors);
    mustSaySomething({ ...body, attachments: files });
  }

  make(
    channelId: string,
    body: Json,
    { flags, files }: { flags: number; files: readonly Upload[] },
  ): Message {
    const attachments = this.attach(body, files);
    const message: Message = {
      id: this.hub.nextId(),
      channel_id: channelId,
      author: this.hub.world.bot,
      type: 0,
      content: text(body.content),
      timestamp: now(),
      edited_timestamp: null,
      tts: body.tts === true,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      pinned: false,
      embeds: list(body.embeds).map(embedded),
      components: [],
      attachments,
      flags: flags & (SENDABLE | LOADING),
    };
    message.components = this.components(body, attachments);
    Object.assign(message, pinged(this.hub, message, body.allowed_mentions));
    this.hub.messages.set(message.id, message);
    return message;
  }

  private components(body: Json, attachments: readonly Json[]): Json[] {
    return answered(list(body.components), (url) => {
      const name = /^attachment:\/\/(.*)$/.exec(url)?.[1];
      const file = attachments.find((one) => one.filename === decodeURI(name ?? ''));
      if (!file) return { id: this.hub.nextId(), url, proxy_url: url };
      const { id, url: address, proxy_url, size, filename } = file;
      return { id, attachment_id: id, url: address, proxy_url, size, filename };
    });
  }

  private attach(body: Json, files: readonly Upload[]): Json[] {
    return filesOf(body, files).map(({ file, filename, description }) => {
      const id = this.hub.nextId();
      this.hub.files.set(id, file.content);
      const url = `${this.hub.origin}/attachments/${id}/${encodeURIComponent(filename)}`;
      const said = typeof description === 'string' ? { description } : {};
      return { id, filename, size: file.content.length, url, proxy_url: url, ...said };
    });
  }

  /** An edit: V2 stays, what is not named stays, and it ends a deferral. */
  change(message: Message, body: Json, sent: Sent): void {
    const asked = Number(body.flags ?? 0);
    const flags = (message.flags & ~LOADING) | (asked & (V2 | 4));
    if ((message.flags & V2) !== 0 && body.flags !== undefined && (asked & V2) === 0) {
      throw invalid('IS_COMPONENTS_V2 cannot be removed', 'flags');
    }
    mustBeSmall(sent.files);
    const kept = keptOf(message, body);
    const names = [...kept, ...filesOf(body, sent.files)].map((one) => String(one.filename));
    const will = {
      content: body.content ?? (body.content === null ? '' : message.content),
      embeds: body.embeds ?? (body.embeds === null ? [] : message.embeds),
      allowed_mentions: body.allowed_mentions,
      // What stands there already has been looked at, and holds Discord's own additions.
      components: body.components ?? [],
    };
    this.hub.hold(
      { seq: sent.seq, dir: 'in', schema: sent.schema },
      messageErrors(will, { flags, files: names }),
    );
    const attachments = [...kept, ...this.attach(body, sent.files)];
    const isNamed = body.components !== undefined && body.components !== null;
    const components = isNamed ? this.components(body, attachments) : message.components;
    mustSaySomething({ ...will, components, attachments });
    this.keep(message);
    message.flags = flags;
    message.attachments = attachments;
    message.content = text(will.content);
    if (body.embeds !== undefined) message.embeds = list(body.embeds).map(embedded);
    message.components = components;
    message.edited_timestamp = now();
    Object.assign(message, pinged(this.hub, message, body.allowed_mentions));
  }

  remove(message: Message): void {
    this.keep(message);
    this.hub.messages.delete(message.id);
  }

  private keep(message: Message): void {
    this.versions.push({ at: Date.now(), id: message.id, was: structuredClone(message) });
    if (this.versions.length > 2_000) this.versions.shift();
  }

  /** What everybody in a channel saw at an instant, oldest first. */
  asOf(channelId: string, at: number): Message[] {
    const past = new Map<string, Message>();
    for (const version of this.versions.filter((one) => one.at > at)) {
      if (!past.has(version.id)) past.set(version.id, version.was);
    }
    const all = new Map([...this.hub.messages, ...past]);
    return visible(all.values(), channelId).filter((one) => isOlder(one, at));
  }
}

const now = (): string => new Date().toISOString().replace('Z', '000+00:00');

const embedded = (embed: Json): Json => ({
  ...Object.fromEntries(Object.entries(embed).filter(([, value]) => value !== null)),
  type: 'rich',
  ...(embed.fields ? { fields: list(embed.fields).map((one) => ({ inline: false, ...one })) } : {}),
});

/** Files of a request by the names that its list of attachments gives them. */
function filesOf(
  body: Json,
  files: readonly Upload[],
): { file: Upload; filename: string; description: unknown }[] {
  const described = list(body.attachments);
  return files.map((file, i) => {
    const n = /^files\[(\d+)\]$/.exec(file.field)?.[1] ?? String(i);
    const own = described.find((one) => String(one.id) === n);
    return {
      file,
      filename: text(own?.filename) === '' ? file.filename : text(own?.filename),
      description: own?.description,
    };
  });
}

/** Of the files that a message has, those that stay: all, or those that an edit lists. */
function keptOf(message: Message, body: Json): Json[] {
  if (body.attachments === undefined || body.attachments === null) return message.attachments;
  const listed = list(body.attachments).map((one) => String(one.id));
  return message.attachments.filter((one) => listed.includes(String(one.id)));
}

function mustBeSmall(files: readonly Upload[]): void {
  if (files.length > 10) throw invalid('Must be 10 or fewer in length.', 'attachments');
  const sizes = files.map(({ content }) => content.length);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  if (all > 25 * MIB || sizes.some((size) => size > 10 * MIB)) {
    throw new Refused(413, 40005, 'Request entity too large');
  }
}

/** What everybody in a channel sees, oldest first: private answers are not messages of the channel. */
export const inChannel = (hub: Hub, channelId: string): Message[] =>
  visible(hub.messages.values(), channelId);

const visible = (messages: Iterable<Message>, channelId: string): Message[] =>
  [...messages]
    .filter((one) => one.channel_id === channelId && (one.flags & EPHEMERAL) === 0)
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));

/** Whether a message stood already at an instant, in epoch ms. */
const isOlder = (message: Message, at: number): boolean =>
  Date.parse(String(message.timestamp)) <= at;
