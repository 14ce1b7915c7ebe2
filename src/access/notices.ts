import { ChannelClosed, Outage } from '../core/errors.js';
import type { ChannelId, GuildId, MessageId } from '../core/model.js';
import type { Log } from '../log.js';
import type { NoticeRow } from '../store/rows.js';
import type { Store } from '../store/store.js';
import type { Clock } from './clock.js';
import { writeLetter } from './letter.js';
import type { Letter } from './letter.js';
import { Pace, Seldom } from './pace.js';
import { isFaulty, nextTry } from './nextTry.js';
import { nonceOf } from './poster.js';
import type { Poster } from './poster.js';
import type { Told } from './tell.js';
import type { Troubles } from './troubles.js';

/** More than so many that wait are posted as one. */
const SINGLE = 10;
/** As many are gathered into one message at once. */
const GATHERED = 500;
const LOOK_BACK = 50;
/** What Discord takes of one channel: so many messages in so long. */
const [MESSAGES, PER_MS] = [5, 5_000];
/** A message with a file is edited at most this often, whatever comes in for it. */
const FILE_EVERY_MS = 5_000;
/** A closed channel is tried again when something changed in its guild: a little later, and at most so often. */
const TRIED_AGAIN = { restMs: 1_000, everyMs: 10_000 };

/** Delivers what is owed: in order within a guild, each notice once, edited in place when there is news. */
export class NoticeDelivery {
  private readonly busy = new Map<GuildId, { again: boolean; done: Promise<void> }>();
  private readonly paces = new Map<ChannelId, Pace>();
  /** Notices whose message was sent with a file a moment ago. */
  private readonly resting = new Set<string>();
  /** Guilds whose audit channel did not take the last message. */
  private readonly closed = new Set<GuildId>();
  private readonly again = new Seldom<GuildId>((id) => void this.tryAgain(id), TRIED_AGAIN);
  private readonly over = new AbortController();

  constructor(
    private readonly parts: {
      readonly store: Store;
      readonly poster: Poster;
      readonly troubles: Troubles;
      readonly clock: Clock;
      readonly log: Log;
    },
  ) {}

  /** Something is owed to this guild: look now. Never throws. */
  knock(guildId: GuildId): void {
    if (this.over.signal.aborted) return;
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

  /** Channels or rights of a guild changed: a closed audit channel may be open now. Never throws. */
  changed(guildId: GuildId): void {
    this.again.ask(guildId);
  }

  /** Takes nothing new and waits for what is being sent. */
  async stop(): Promise<void> {
    this.over.abort();
    await Promise.all([...this.busy.values()].map((running) => running.done));
  }

  private async tryAgain(guildId: GuildId): Promise<void> {
    if (this.over.signal.aborted) return;
    if (await this.parts.troubles.retryNow(guildId, 'audit-channel')) this.knock(guildId);
  }

  private async deliver(guildId: GuildId): Promise<void> {
    for (;;) {
      const channel = await this.openChannel(guildId);
      const notice = channel && (await this.next(guildId));
      if (!notice || this.over.signal.aborted) return;
      const isTaken = await this.tryOne(notice, channel);
      // What comes after waits for a post, to stay in order, and for no edit.
      if (!isTaken && notice.messageId === null) return;
    }
  }

  /** The audit channel, unless there is none or it was found closed a while ago. */
  private async openChannel(guildId: GuildId): Promise<ChannelId | null> {
    const { store, clock, troubles } = this.parts;
    const guild = await store.guilds.find(guildId);
    const channelId = guild?.auditChannelId;
    if (!channelId || guild.leftAt !== null) return null;
    const standing = await store.troubles.standing(guildId);
    const closed = standing.find((trouble) => trouble.kind === 'audit-channel');
    if (!closed) return channelId;
    this.closed.add(guildId);
    if (closed.subject === channelId) {
      return closed.retryAt !== null && closed.retryAt > clock.now() ? null : channelId;
    }
    // Another channel was chosen meanwhile.
    await troubles.clear(guildId, { kinds: ['audit-channel'], subject: closed.subject });
    await store.notices.release(guildId, clock.now());
    return channelId;
  }

  /** What to send now: the first that waits to be posted, when its time has come; else something to edit. */
  private async next(guildId: GuildId): Promise<NoticeRow | null> {
    const { store, clock } = this.parts;
    const now = clock.now();
    let waiting = await store.notices.waiting(guildId, now, GATHERED);
    if (waiting.length > SINGLE) {
      const ids = waiting.map((notice) => notice.id);
      const gathered = await store.transaction((tables) => tables.notices.gather(ids));
      if (gathered > 0) waiting = await store.notices.waiting(guildId, now, GATHERED);
    }
    const isDue = ({ dueAt }: NoticeRow) => dueAt !== null && dueAt <= now;
    const first = waiting.find((notice) => !isFaulty(notice) || isDue(notice));
    if (first && isDue(first)) return first;
    return store.notices.toEdit(guildId, now, [...this.resting]);
  }

  /** false: Discord did not take it; it is held, and so is what comes after it. */
  private async tryOne(notice: NoticeRow, channelId: ChannelId): Promise<boolean> {
    const { store, clock, troubles, log } = this.parts;
    const { guildId } = notice;
    try {
      await this.send(notice, channelId);
      return true;
    } catch (error) {
      const { isFault, tries, waitMs } = nextTry(notice.tries, error);
      await store.notices.held(notice.id, new Date(+clock.now() + waitMs), tries);
      if (error instanceof ChannelClosed && error.channelId === channelId) {
        const finding = { kind: 'audit-channel', subject: channelId, detail: error.why } as const;
        await troubles.raise(guildId, finding);
        await troubles.retryLater(guildId, 'audit-channel');
        return false;
      }
      const details = { err: error, guildId };
      if (isFault) log.error(details, 'a notice is malformed; what comes after it goes on');
      else log.warn(details, 'a notice was not taken; held and tried again');
      return isFault;
    }
  }

  private async send(notice: NoticeRow, channelId: ChannelId): Promise<void> {
    const { store, clock } = this.parts;
    const letter = await writeLetter(store, notice, clock.now());
    if (letter === null) return store.notices.settled(notice.id, notice.news);
    const messageId = await this.arrive(notice, channelId, letter);
    const { print: shown, dueAt } = letter;
    await store.notices.shown(notice.id, { messageId, shown, dueAt, news: notice.news });
    if (letter.told.files) this.rest(notice);
  }

  private rest({ id, guildId }: NoticeRow): void {
    this.resting.add(id);
    const wake = () => {
      this.resting.delete(id);
      this.knock(guildId);
    };
    setTimeout(wake, FILE_EVERY_MS).unref();
  }

  private async arrive(
    notice: NoticeRow,
    channelId: ChannelId,
    letter: Letter,
  ): Promise<MessageId> {
    const { store, poster, clock } = this.parts;
    const to = { guildId: notice.guildId, channelId: notice.channelId ?? channelId };
    // A channel that is no longer the audit channel may be closed to us: nothing more is owed there.
    const unlessLeft = <T>(asked: Promise<T>, otherwise: T): Promise<T> =>
      asked.catch((error: unknown) => {
        if (to.channelId === channelId || error instanceof Outage) throw error;
        return otherwise;
      });
    const edit = async (id: MessageId, otherwise: boolean) => {
      await this.turn(to.channelId);
      const isThere = await unlessLeft(poster.edit(to, id, letter.told), otherwise);
      if (to.channelId === channelId) await this.opened(notice.guildId);
      return isThere;
    };
    if (notice.messageId !== null) {
      if (notice.shown !== letter.print) await edit(notice.messageId, false);
      return notice.messageId;
    }
    const looked = notice.sendingAt === null ? null : this.lookBack(notice, letter);
    const earlier = looked && (await unlessLeft(looked, null));
    // Deleted between the look and the edit: it is posted again.
    if (earlier && (await edit(earlier, true))) return earlier;
    await this.turn(channelId);
    await store.notices.sending(notice.id, channelId, clock.now());
    return this.post(notice, channelId, letter.told);
  }

  private async post({ id, guildId }: NoticeRow, channelId: ChannelId, told: Told) {
    const { store, poster } = this.parts;
    try {
      const messageId = await poster.post({ guildId, channelId }, told, nonceOf(id));
      await this.opened(guildId);
      return messageId;
    } catch (error) {
      // It certainly did not arrive, so that it may be told together with what comes after it.
      if (error instanceof ChannelClosed) await store.notices.refused(id);
      throw error;
    }
  }

  /** The audit channel took something: what was closed before is over. */
  private async opened(guildId: GuildId): Promise<void> {
    if (!this.closed.delete(guildId)) return;
    await this.parts.troubles.clear(guildId, { kinds: ['audit-channel'], subject: null });
    await this.parts.store.notices.release(guildId, this.parts.clock.now());
  }

  private turn(channelId: ChannelId): Promise<void> {
    const pace = this.paces.get(channelId) ?? new Pace(MESSAGES, PER_MS);
    this.paces.set(channelId, pace);
    return pace.turn(this.over.signal);
  }

  /** The message of an earlier try whose answer never came, if it had arrived. */
  private async lookBack(notice: NoticeRow, { marks }: Letter): Promise<MessageId | null> {
    if (notice.channelId === null) return null;
    const recent = await this.parts.poster.recentOwn(notice.channelId, LOOK_BACK);
    const found = recent.find(
      (message) =>
        message.nonce === nonceOf(notice.id) || marks.some((mark) => mark.test(message.text)),
    );
    return found?.id ?? null;
  }
}
