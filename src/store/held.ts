import { EntitySchema, IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { HeldWish, Toll } from '../core/brake.js';
import type { DiscordUserId, GuildId } from '../core/model.js';
import { count, instant, json, key, orNull, text, to, uuid } from './columns.js';

/** What was wished and takes access from too many people at once. */
export interface HeldRow extends HeldWish {
  readonly id: string;
  readonly guildId: GuildId;
  /** Which use case carries it out. Never rename one: rows outlive releases. */
  readonly kind: string;
  readonly wish: object;
  readonly noticeId: string;
  readonly decidedAt: Date | null;
  /** Set when what was agreed to is recorded: before that it is carried out again. */
  readonly doneAt: Date | null;
  /** What is to be followed then. */
  readonly recorded: object | null;
}

export const heldTable = new EntitySchema<HeldRow>({
  name: 'held',
  columns: {
    id: key(uuid),
    guildId: text,
    kind: text,
    wish: json,
    authorId: orNull(text),
    words: text,
    count,
    having: count,
    seal: text,
    heldAt: instant,
    expiresAt: instant,
    noticeId: uuid,
    outcome: orNull(text),
    decidedBy: orNull(text),
    decidedAt: orNull(instant),
    doneAt: orNull(instant),
    recorded: orNull(json),
  },
  indices: [
    { columns: ['noticeId'] },
    { columns: ['guildId', 'kind', 'seal'] },
    { columns: ['decidedAt'], where: "outcome = 'agreed' and done_at is null" },
  ],
  foreignKeys: [to('guild', 'guildId'), to('notice', 'noticeId')],
});

/** Wishes that wait for a second Admin, and what became of them. */
export class HeldWishes {
  constructor(private readonly db: EntityManager) {}

  /** Its notice must be there. */
  async add(
    row: Omit<HeldRow, 'outcome' | 'decidedBy' | 'decidedAt' | 'doneAt' | 'recorded'>,
  ): Promise<void> {
    await this.db.insert(heldTable, row);
  }

  find(guildId: GuildId, id: string): Promise<HeldRow | null> {
    return this.db.findOneBy(heldTable, { guildId, id });
  }

  ofNotice(noticeId: string): Promise<HeldRow | null> {
    return this.db.findOneBy(heldTable, { noticeId });
  }

  /** The newest that Usher itself wanted of a kind, about exactly these people. */
  lastOwn(guildId: GuildId, kind: string, seal: string): Promise<HeldRow | null> {
    return this.db.findOne(heldTable, {
      where: { guildId, kind, seal, authorId: IsNull() },
      order: { heldAt: 'DESC' },
    });
  }

  /** It concerns others by now. */
  async change(id: string, to: Toll & Pick<HeldRow, 'words' | 'having'>): Promise<void> {
    const { count: people, seal, words, having } = to;
    await this.db.update(
      heldTable,
      { id, outcome: IsNull() },
      { count: people, seal, words, having },
    );
  }

  /** Decides it, for one only: true for the first, false for everyone after, and when it is too late. */
  async decide(
    id: string,
    { outcome, by, at }: { outcome: 'agreed' | 'left'; by: DiscordUserId; at: Date },
  ): Promise<boolean> {
    const [, rows] = await this.db.query<[unknown[], number]>(
      `update held set outcome = $2, decided_by = $3, decided_at = $4
        where id = $1 and outcome is null and expires_at > $4`,
      [id, outcome, by, at],
    );
    return rows === 1;
  }

  /** It could not be carried out as it was shown: it waits again. */
  async reopen(id: string): Promise<void> {
    await this.db.update(heldTable, { id }, { outcome: null, decidedBy: null, decidedAt: null });
  }

  async done(id: string, at: Date, recorded: object | null): Promise<void> {
    await this.db.update(heldTable, { id }, { doneAt: at, recorded });
  }

  /** Agreed to, and not carried out to the end. */
  unfinished(): Promise<HeldRow[]> {
    return this.db.findBy(heldTable, { outcome: 'agreed', doneAt: IsNull() });
  }

  /** How many people of a guild have something: Plex shows them a share, or a grant of theirs counts now. */
  async having(guildId: GuildId, now: Date): Promise<number> {
    const [row] = await this.db.query<{ n: number }[]>(
      `select count(*)::int as n from person p
        where p.guild_id = $1 and p.gone_at is null
          and (exists (select from share h where h.person_id = p.id
                          and h.observed->>'row' is not null)
               or exists (select from access_grant g where g.person_id = p.id and g.closed_at is null
                             and g.starts_at <= $2 and (g.ends_at is null or g.ends_at > $2)))`,
      [guildId, now],
    );
    return row?.n ?? 0;
  }
}
