import type { Upload } from '../common/body.js';
import { Refused } from './hub.js';
import type { Hub, Json, Message } from './hub.js';
import { checkMessage } from './validate.js';

/** An ephemeral message is seen by one person alone. */
export const EPHEMERAL = 64;
const V2 = 1 << 15;
/** Of a message's flags, what a sender may set. */
const SENDABLE = EPHEMERAL | V2 | 4 | 4096;

/** Components get ids where they have none, as Discord numbers them. */
export function numbered(components: readonly Json[], counter = { last: 0 }): Json[] {
  return components.map((component) => {
    counter.last += 1;
    const inner = component.components as Json[] | undefined;
    return {
      id: counter.last,
      ...component,
      ...(inner ? { components: numbered(inner, counter) } : {}),
    };
  });
}

/** What everybody in a channel sees, oldest first: private answers are not messages of the channel. */
export const inChannel = (hub: Hub, channelId: string): Message[] =>
  [...hub.messages.values()].filter(
    (message) => message.channel_id === channelId && (message.flags & EPHEMERAL) === 0,
  );

/** Whether a message stood already at an instant, in epoch ms. */
export const isOlder = (message: Message, at: number): boolean =>
  Date.parse(String(message.timestamp)) <= at;

/** Makes messages and changes them. */
export class Messages {
  constructor(private readonly hub: Hub) {}

  make(
    channelId: string,
    body: Json,
    { flags, files }: { flags: number; files: readonly Upload[] },
  ): Message {
    const message: Message = {
      id: this.hub.nextId(),
      channel_id: channelId,
      author: this.hub.world.bot,
      type: 0,
      content: typeof body.content === 'string' ? body.content : '',
      timestamp: new Date().toISOString(),
      edited_timestamp: null,
      tts: false,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      pinned: false,
      embeds: body.embeds ?? [],
      components: numbered((body.components ?? []) as Json[]),
      attachments: this.attach(body, files),
      flags: flags & (SENDABLE | 128),
    };
    this.hub.messages.set(message.id, message);
    return message;
  }

  private attach(body: Json, files: readonly Upload[]): Json[] {
    const described = (body.attachments ?? []) as Json[];
    return files.map((file, i) => {
      const id = this.hub.nextId();
      this.hub.files.set(id, file.content);
      const url = `${this.hub.origin}/attachments/${id}/${encodeURIComponent(file.filename)}`;
      const { description } = described[i] ?? {};
      return {
        id,
        filename: file.filename,
        size: file.content.length,
        url,
        proxy_url: url,
        description,
      };
    });
  }

  /** An edit: V2 stays, what is not named stays, and it ends a deferral. */
  change(message: Message, body: Json, files: readonly Upload[]): void {
    const asked = Number(body.flags ?? 0);
    const flags = (message.flags & ~128) | (asked & (V2 | 4));
    if ((message.flags & V2) !== 0 && body.flags !== undefined && (asked & V2) === 0) {
      throw new Refused(400, 50035, 'Invalid Form Body: IS_COMPONENTS_V2 cannot be removed');
    }
    this.hub.check(() =>
      checkMessage({ ...body, content: body.content ?? '' }, flags, { isEdit: true }),
    );
    message.flags = flags;
    if (typeof body.content === 'string') message.content = body.content;
    if (body.embeds !== undefined) message.embeds = body.embeds;
    if (body.components !== undefined) message.components = numbered(body.components as Json[]);
    if (body.attachments !== undefined || files.length > 0)
      message.attachments = this.attach(body, files);
    message.edited_timestamp = new Date().toISOString();
  }
}
