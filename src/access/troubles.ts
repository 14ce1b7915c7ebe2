import { randomUUID } from 'node:crypto';
import type { DiscordUserId, GuildId } from '../core/model.js';
import type { Trouble, TroubleKind } from '../core/troubles.js';
import type { Log } from '../log.js';
import type { TroubleRow } from '../store/outbox.js';
import type { Store, Tables } from '../store/store.js';
import type { Clock } from './clock.js';
import { fixedOf } from './environment.js';

/** What is found wrong, or right again. */
export interface Finding {
  readonly kind: TroubleKind;
  readonly subject: string;
  readonly detail?: string;
  /** It is told only when it still stands after this. */
  readonly tellAfterMs?: number;
}

/** Which troubles are over; `subject` null: whatever they are about. */
export interface Relief {
  readonly kinds: readonly TroubleKind[];
  readonly subject: string | null;
}

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 60 * 60_000;

/** What stands wrong: one row and one message each, from the first sign until it is right again. */
export class Troubles {
  constructor(
    private readonly parts: {
      readonly store: Store;
      readonly clock: Clock;
      readonly log: Log;
      readonly knock: (guildId: GuildId) => void;
    },
  ) {}

  /** Something is wrong; said again it changes nothing. Never throws. */
  async raise(guildId: GuildId, finding: Finding): Promise<void> {
    const { store, clock, log, knock } = this.parts;
    const { kind, subject, detail = null, tellAfterMs = 0 } = finding;
    const since = clock.now();
    const tellAt = new Date(+since + tellAfterMs);
    const head = { id: randomUUID(), guildId, kind, subject, detail, since, tellAt };
    await this.safely(async () => {
      const standing = await store.troubles.standing(guildId);
      const same = standing.find((one) => one.kind === kind && one.subject === subject);
      if (same) return this.changed(same, detail);
      const isNew = await store.transaction(async (tables) => {
        const noticeId = randomUUID();
        await tables.notices.oweLater({ id: noticeId, guildId, owedAt: since, dueAt: tellAt });
        if (await tables.troubles.add({ ...head, noticeId })) return true;
        await tables.notices.forget(noticeId);
        return false;
      });
      if (!isNew) return;
      log.warn({ guildId, kind, subject, detail }, 'a trouble stands');
      knock(guildId);
    });
  }

  /** It is right again. Never throws. */
  async clear(guildId: GuildId, { kinds, subject }: Relief): Promise<void> {
    const { store, clock, log, knock } = this.parts;
    await this.safely(async () => {
      const now = clock.now();
      const over = await store.transaction(async (tables) => {
        const ended = await tables.troubles.end({ guildId, kinds, subject }, now);
        for (const one of ended) await tellOver(tables, one, now);
        return ended;
      });
      if (over.length === 0) return;
      log.info({ guildId, kinds, subject }, 'a trouble is over');
      knock(guildId);
    });
  }

  /** What was tried where it stands failed again: it is left alone for longer each time. Never throws. */
  async retryLater(guildId: GuildId, kind: TroubleKind): Promise<void> {
    const { store, clock } = this.parts;
    await this.safely(async () => {
      const standing = await store.troubles.standing(guildId);
      for (const { id, tries } of standing.filter((one) => one.kind === kind)) {
        const wait = Math.min(FIRST_RETRY_MS * 2 ** tries, LONGEST_RETRY_MS);
        const retryAt = new Date(+clock.now() + wait);
        await store.troubles.set(id, { retryAt, tries: tries + 1 });
      }
    });
  }

  /** It may be over: what is held is tried now. false: nothing of the kind stands. Never throws. */
  async retryNow(guildId: GuildId, kind: TroubleKind): Promise<boolean> {
    const { store, clock } = this.parts;
    let isStanding = false;
    await this.safely(async () => {
      const standing = await store.troubles.standing(guildId);
      const [first] = standing.filter((one) => one.kind === kind);
      if (!first) return;
      await store.troubles.set(first.id, { retryAt: clock.now() });
      await store.notices.release(guildId, clock.now());
      isStanding = true;
    });
    return isStanding;
  }

  private async changed(row: TroubleRow, detail: string | null): Promise<void> {
    if (row.detail === detail) return;
    const { store, clock, knock } = this.parts;
    await store.troubles.set(row.id, { detail });
    await store.notices.touchAll([row.noticeId], clock.now());
    knock(row.guildId);
  }

  /** A trouble is told beside what found it, and must not be one more. */
  private async safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.parts.log.warn({ err: error }, 'a trouble could not be noted');
    }
  }
}

/** What nobody has heard of is forgotten; what was told is edited. */
async function tellOver(
  tables: Tables,
  { id, noticeId, tellAt }: Pick<TroubleRow, 'id' | 'noticeId' | 'tellAt'>,
  now: Date,
): Promise<void> {
  if (tellAt > now) {
    await tables.troubles.forget(id);
    await tables.notices.forget(noticeId);
    return;
  }
  await tables.notices.touchAll([noticeId], now);
}

/** A trouble with the names that its words need. */
export async function openTrouble(tables: Tables, row: TroubleRow): Promise<Trouble> {
  const servers = await tables.servers.ofGuild(row.guildId);
  const fixed = await fixedOf(tables, row.guildId);
  const concerned = servers.filter(
    (server) => String(server.ownerId) === row.subject || server.id === row.subject,
  );
  return {
    kind: row.kind,
    subject: row.subject,
    detail: row.detail,
    since: row.since,
    until: row.until,
    servers: concerned.map((server) => server.name),
    isFixed: fixed.has(row.kind === 'audit-channel' ? 'audit-channel' : 'plex'),
  };
}

/** Whom a trouble is told directly: the guild's owner, and the Admins met within this. */
const MET_WITHIN_MS = 90 * 24 * 60 * 60_000;

export async function whomToTell(
  tables: Tables,
  { guildId, ownerId }: { guildId: GuildId; ownerId: DiscordUserId | null },
  now: Date,
): Promise<DiscordUserId[]> {
  const admins = await tables.troubles.admins(guildId, new Date(+now - MET_WITHIN_MS));
  return [...new Set([...(ownerId === null ? [] : [ownerId]), ...admins])];
}
