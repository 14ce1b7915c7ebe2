import { randomUUID } from 'node:crypto';
import { tellDm } from '../core/dms.js';
import { KEEPS_ENDS, troubleDm } from '../core/troubles.js';
import type { DiscordUserId, MessageId } from '../core/model.js';
import type { Log } from '../log.js';
import type { DmRow } from '../store/outbox.js';
import type { Store } from '../store/store.js';
import type { Clock } from './clock.js';
import { fateOf, partOf } from './dmParts.js';
import type { Fate } from './dmParts.js';
import { Pace } from './pace.js';
import { nonceOf } from './poster.js';
import type { Poster } from './poster.js';
import type { Told } from './tell.js';
import { openTrouble, whomToTell } from './troubles.js';

/** The end of a grant is told this long before. */
const BEFORE_END_MS = 24 * 60 * 60_000;
/** What comes within this is one message. */
const ONE_MESSAGE_MS = 60_000;
/** Discord takes opening and writing many direct messages amiss. */
const EVERY_MS = 1_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60 * 60_000;
const CLOCK_SLACK_MS = 60_000;

/** Delivers direct messages: slowly, each once, never before Plex has shown what they say. */
/** When Discord took a message, in epoch ms: its id tells. */
const postedAt = (id: MessageId): number => Number(BigInt(id) >> 22n) + 1_420_070_400_000;

export class DmDelivery {
  private running: Promise<void> | null = null;
  private again = false;
  private readonly pace = new Pace(1, EVERY_MS);
  private readonly over = new AbortController();

  constructor(
    private readonly parts: {
      readonly store: Store;
      readonly poster: Poster;
      readonly clock: Clock;
      readonly log: Log;
    },
  ) {}

  /** Something may be owed: look now. Never throws. */
  knock(): void {
    if (this.over.signal.aborted) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.deliver()
      .catch((error: unknown) =>
        this.parts.log.warn({ err: error }, 'direct messages could not be read; tried again later'),
      )
      .finally(() => {
        this.running = null;
        if (!this.again) return;
        this.again = false;
        this.knock();
      });
  }

  /** Owes what the time itself brings, and sends what is due. */
  async round(): Promise<void> {
    const { store, clock } = this.parts;
    const now = clock.now();
    await store.dms.oweEndings(now, new Date(+now + BEFORE_END_MS));
    await this.oweTroubles(now);
    this.knock();
  }

  async stop(): Promise<void> {
    this.over.abort();
    await this.running;
  }

  /** A trouble that keeps ends from being carried out is told directly, once. */
  private async oweTroubles(now: Date): Promise<void> {
    const { store, poster } = this.parts;
    for (const trouble of await store.troubles.told(now)) {
      if (trouble.dmAt !== null || !KEEPS_ENDS.includes(trouble.kind)) continue;
      const { id: troubleId, guildId } = trouble;
      if ((await store.guilds.find(guildId))?.leftAt !== null) continue;
      const ownerId = poster.ownerOf(guildId);
      await store.transaction(async (tables) => {
        if (!(await tables.troubles.tellByDm(troubleId, now))) return;
        const users = await whomToTell(tables, { guildId, ownerId }, now);
        const row = { guildId, kind: 'trouble', troubleId, owedAt: now, dueAt: now } as const;
        await tables.dms.owe(users.map((userId) => ({ ...row, id: randomUUID(), userId })));
      });
    }
  }

  private async deliver(): Promise<void> {
    const { store, clock } = this.parts;
    for (;;) {
      const now = clock.now();
      const whom = await store.dms.next(now);
      if (!whom || this.over.signal.aborted) return;
      const due = await store.dms.due(whom.guildId, whom.userId, now);
      const troubles = due.filter((row) => row.kind === 'trouble');
      for (const row of troubles) await this.sayTrouble(row);
      await this.sayAll(due.filter((row) => row.kind !== 'trouble'));
    }
  }

  private async sayTrouble(row: DmRow): Promise<void> {
    const { store, poster } = this.parts;
    const trouble = row.troubleId === null ? null : await store.troubles.find(row.troubleId);
    if (!trouble || trouble.until !== null) return this.drop([row]);
    const opened = await openTrouble(store, trouble);
    const text = troubleDm(opened, poster.nameOf(row.guildId));
    await this.say([row], { tone: 'attention', text }, []);
  }

  private async sayAll(rows: readonly DmRow[]): Promise<void> {
    const { store, clock } = this.parts;
    const fates: { row: DmRow; fate: Fate }[] = [];
    for (const row of rows) fates.push({ row, fate: await fateOf(store, row, clock.now()) });
    const of = (fate: Fate) => fates.filter((one) => one.fate === fate).map(({ row }) => row);
    await this.drop(of('dropped'));
    await store.dms.wait(of('waits').map((row) => row.id));
    const said = fates.flatMap(({ fate }) => (typeof fate === 'string' ? [] : [fate]));
    const [first] = said;
    if (!first) return;
    const { guildId, userId } = first.row;
    const since = new Date(+clock.now() - ONE_MESSAGE_MS);
    const before = await store.dms.recent(guildId, userId, since);
    const old = await Promise.all(before.map((row) => partOf(store, row)));
    const parts = [...old.filter((part) => part !== null), ...said.map(({ part }) => part)];
    await this.say(
      said.map(({ row }) => row),
      tellDm(parts),
      before,
    );
  }

  /** Says it, in the message that was sent a moment ago where there is one. */
  private async say(rows: readonly DmRow[], told: Told, before: readonly DmRow[]): Promise<void> {
    const { store, clock, log } = this.parts;
    const [first] = rows;
    if (!first) return;
    const ids = rows.map((row) => row.id);
    await this.pace.turn(this.over.signal);
    await store.dms.sending(ids, clock.now());
    try {
      const messageId = await this.arrive(first, told, before[0]?.messageId ?? null);
      const outcome = messageId === 'closed' ? 'closed' : 'sent';
      const at = clock.now();
      await store.dms.done(ids, {
        outcome,
        messageId: messageId === 'closed' ? null : messageId,
        at,
      });
    } catch (error) {
      const wait = Math.min(FIRST_RETRY_MS * 2 ** first.tries, LONGEST_RETRY_MS);
      await store.dms.held(ids, new Date(+clock.now() + wait), first.tries + 1);
      log.warn({ err: error, guildId: first.guildId }, 'a direct message was not taken');
    }
  }

  private async arrive(
    { id, userId, sendingAt }: DmRow,
    told: Told,
    earlier: MessageId | null,
  ): Promise<MessageId | 'closed'> {
    const { poster } = this.parts;
    const nonce = nonceOf(id);
    const known =
      earlier ??
      (sendingAt === null ? null : await this.lookBack(userId, { told, nonce, sendingAt }));
    if (known && (await poster.editDm(userId, known, told))) return known;
    return poster.dm(userId, told, nonce);
  }

  /** The message of an earlier try whose answer never came, if it had arrived. */
  private async lookBack(
    userId: DiscordUserId,
    { told, nonce, sendingAt }: { told: Told; nonce: string; sendingAt: Date },
  ) {
    const recent = await this.parts.poster.recentDms(userId);
    // The same words may have been said before: only what was posted since then can be this one.
    const isThis = ({ id, text }: (typeof recent)[number]) =>
      text.includes(told.text) && postedAt(id) >= +sendingAt - CLOCK_SLACK_MS;
    return recent.find((one) => one.nonce === nonce || isThis(one))?.id ?? null;
  }

  private drop(rows: readonly DmRow[]): Promise<void> {
    const ids = rows.map((row) => row.id);
    const at = this.parts.clock.now();
    return this.parts.store.dms.done(ids, { outcome: 'dropped', messageId: null, at });
  }
}
