import { createHash } from 'node:crypto';
import { STILL_OPEN_MS, caseState } from '../core/receipts.js';
import { Outage } from '../core/errors.js';
import type { ChannelId, GuildId, MessageId } from '../core/model.js';
import type { Log } from '../log.js';
import type { NoticeRow } from '../store/rows.js';
import type { Store } from '../store/store.js';
import type { Clock } from './clock.js';
import { openFiles, tellFiles } from './tell.js';
import type { CaseFile, Told } from './tell.js';

/** A guild's channel. */
export interface Place {
  readonly guildId: GuildId;
  readonly channelId: ChannelId;
}

/** Discord, as far as notices need it. Everything throws while Discord does not take it. */
export interface Poster {
  /** Posts once: a second post with the same nonce within Discord's window gives the first one's id. */
  post(to: Place, told: Told, nonce: string): Promise<MessageId>;
  /** false: the message is no longer there. */
  edit(to: Place, messageId: MessageId, told: Told): Promise<boolean>;
  /** Our own newest messages in a channel. */
  recentOwn(
    channelId: ChannelId,
    limit: number,
  ): Promise<readonly { id: MessageId; nonce: string | null; text: string }[]>;
}

const BATCH = 20;
const LOOK_BACK = 50;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** Discord takes at most 25 characters. */
const nonceOf = (notice: NoticeRow): string => notice.id.replaceAll('-', '').slice(0, 25);

const digest = (told: Told): string =>
  createHash('sha256').update(`${told.tone}\n${told.text}`).digest('base64url').slice(0, 22);

/** Delivers what is owed: in order within a guild, each notice once, edited in place when there is news. */
export class NoticeDelivery {
  private readonly busy = new Map<GuildId, { again: boolean; done: Promise<void> }>();
  private stopped = false;

  constructor(private readonly parts: { store: Store; poster: Poster; clock: Clock; log: Log }) {}

  /** Something is owed to this guild: look now. Never throws. */
  knock(guildId: GuildId): void {
    if (this.stopped) return;
    const running = this.busy.get(guildId);
    if (running) {
      running.again = true;
      return;
    }
    const state = { again: false, done: Promise.resolve() };
    state.done = this.deliver(guildId)
      .catch((error: unknown) =>
        this.parts.log.warn(
          { err: error, guildId },
          'notices could not be read; tried again later',
        ),
      )
      .finally(() => {
        this.busy.delete(guildId);
        if (state.again) this.knock(guildId);
      });
    this.busy.set(guildId, state);
  }

  /** Looks at every guild to which something is due: at start, and at each round of the watch. */
  async round(): Promise<void> {
    const owed = await this.parts.store.notices.guildsOwed(this.parts.clock.now());
    owed.forEach((guildId) => this.knock(guildId));
  }

  /** Takes nothing new and waits for what is being sent. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.busy.values()].map((running) => running.done));
  }

  private async deliver(guildId: GuildId): Promise<void> {
    const { store, clock } = this.parts;
    const channelId = (await store.guilds.find(guildId))?.auditChannelId;
    if (!channelId) return;
    for (;;) {
      const now = clock.now();
      const owed = await store.notices.owed(guildId, now, BATCH);
      const first = owed.findIndex(
        (n) => n.messageId === null && n.dueAt !== null && n.dueAt > now,
      );
      const ready = first === -1 ? owed : owed.filter((n, i) => i < first || n.messageId !== null);
      const due = ready.filter((n) => n.dueAt !== null && n.dueAt <= now);
      if (due.length === 0) return;
      for (const notice of due) {
        if (this.stopped) return;
        const isTaken = await this.tryOne(notice, channelId);
        // What comes after waits for a post, to stay in order, and for no edit.
        if (!isTaken && notice.messageId === null) return;
      }
    }
  }

  /** false: Discord did not take it; it and what comes after it are held. */
  private async tryOne(notice: NoticeRow, channelId: ChannelId): Promise<boolean> {
    const { store, clock, log } = this.parts;
    try {
      await this.send(notice, channelId);
      return true;
    } catch (error) {
      const wait = Math.min(FIRST_RETRY_MS * 2 ** notice.tries, LONGEST_RETRY_MS);
      await store.notices.held(notice.id, new Date(+clock.now() + wait), notice.tries + 1);
      log.warn(
        { err: error, guildId: notice.guildId },
        'a notice was not taken; held and tried again',
      );
      return false;
    }
  }

  private async send(notice: NoticeRow, channelId: ChannelId): Promise<void> {
    const { store, clock } = this.parts;
    const files = await openFiles(store, await store.cases.ofNotice(notice.id));
    const now = clock.now();
    const told = tellFiles(files, now);
    const shown = digest(told);
    const messageId = await this.arrive(notice, channelId, { files, told, shown });
    const dueAt = stillOpenAt(files, now);
    await store.notices.shown(notice.id, { messageId, shown, dueAt, news: notice.news });
  }

  private async arrive(
    notice: NoticeRow,
    channelId: ChannelId,
    what: { files: readonly CaseFile[]; told: Told; shown: string },
  ): Promise<MessageId> {
    const { store, poster, clock } = this.parts;
    const to = { guildId: notice.guildId, channelId: notice.channelId ?? channelId };
    // A channel that is no longer the audit channel may be closed to us: nothing more is owed there.
    const unlessLeft = <T>(asked: Promise<T>, otherwise: T): Promise<T> =>
      asked.catch((error: unknown) => {
        if (to.channelId === channelId || error instanceof Outage) throw error;
        return otherwise;
      });
    if (notice.messageId !== null) {
      if (notice.shown !== what.shown) {
        await unlessLeft(poster.edit(to, notice.messageId, what.told), false);
      }
      return notice.messageId;
    }
    const looked = notice.sendingAt === null ? null : this.lookBack(notice, what.files);
    const earlier = looked && (await unlessLeft(looked, null));
    // Deleted between the look and the edit: it is posted again.
    if (earlier && (await unlessLeft(poster.edit(to, earlier, what.told), true))) return earlier;
    await store.notices.sending(notice.id, channelId, clock.now());
    return poster.post({ ...to, channelId }, what.told, nonceOf(notice));
  }

  /** The message of an earlier try whose answer never came, if it had arrived. */
  private async lookBack(notice: NoticeRow, files: readonly CaseFile[]): Promise<MessageId | null> {
    if (notice.channelId === null) return null;
    const recent = await this.parts.poster.recentOwn(notice.channelId, LOOK_BACK);
    const marks = files.map((file) => new RegExp(`\\bCase ${file.case.number} ·`));
    const found = recent.find(
      (message) =>
        message.nonce === nonceOf(notice) || marks.some((mark) => mark.test(message.text)),
    );
    return found?.id ?? null;
  }
}

/** When a case that waits for Plex is to say that it is still open; null when none does. */
function stillOpenAt(files: readonly CaseFile[], now: Date): Date | null {
  const instants = files
    .filter((file) => caseState(file.receipts, now) === 'recorded')
    .flatMap((file) => file.receipts)
    .filter((r) => r.seenAt === null && r.closedAs === null)
    .map((r) => r.dueAt.getTime() + STILL_OPEN_MS)
    .filter((at) => at > now.getTime());
  return instants.length === 0 ? null : new Date(Math.min(...instants));
}
