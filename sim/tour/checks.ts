import { type Interaction, type LogEntry, eventually } from './drive.js';
import { type World, ids } from './world.js';

interface PlexState {
  readonly servers: readonly {
    readonly machineId: string;
    readonly name: string;
    readonly libraries: readonly { readonly sectionId: number; readonly title: string }[];
  }[];
  readonly accounts: readonly { readonly id: number; readonly username: string }[];
  readonly shares: readonly {
    readonly id: number;
    readonly machineId: string;
    readonly accountId: number | null;
    readonly email: string;
    readonly sectionIds: readonly number[];
    readonly allLibraries: boolean;
  }[];
}

/** Who uses which command where; `waitMs`: how long to watch what comes of it. */
export interface Use {
  readonly user: string;
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly waitMs?: number;
}

/** One thing that somebody saw. */
interface Sight {
  readonly channel: string;
  readonly private: boolean;
  readonly text: string;
}

/** One audit message: its id and everything readable in it. */
export interface Post {
  readonly id: string;
  readonly text: string;
}

/** What the bot asked of plex.tv's sharing. */
export interface Calls {
  readonly reads: readonly LogEntry[];
  readonly writes: readonly LogEntry[];
  readonly nudges: readonly LogEntry[];
}

const WRITES = new Set(['POST', 'PUT', 'DELETE']);
const isSharing = (entry: LogEntry): boolean =>
  /\/shared_servers|\/sharings|\/invites\//.test(entry.path);

/** What the tour does and checks, said once: all of it from the simulators' state and log. */
export class Checks {
  /** To the commands that were used, and every wording that each was seen with. */
  private readonly answers: Interaction[] = [];
  private readonly wordings = new Map<string, Set<string>>();

  constructor(
    readonly world: World,
    /** Name of the Plex server that the bot keeps. */
    readonly server: string,
  ) {}

  plexState(): Promise<PlexState> {
    return this.world.plex.state<PlexState>();
  }

  /** Titles that each person has on the server, by username (or address). null = no share at all. */
  async shared(who: string): Promise<readonly string[] | null> {
    const state = await this.plexState();
    const server = this.serverOf(state);
    const account = state.accounts.find((a) => a.username === who);
    const share = state.shares.find(
      (s) =>
        s.machineId === server.machineId &&
        (account ? s.accountId === account.id : s.email === who),
    );
    if (!share) return null;
    return server.libraries
      .filter((library) => share.allLibraries || share.sectionIds.includes(library.sectionId))
      .map((library) => library.title)
      .sort();
  }

  /** Everybody's libraries on the server, for the report. */
  async everybody(): Promise<Record<string, readonly string[]>> {
    const state = await this.plexState();
    const all: Record<string, readonly string[]> = {};
    for (const { username } of state.accounts.filter((a) => a.username !== '')) {
      all[username] = (await this.shared(username)) ?? [];
    }
    return all;
  }

  private serverOf(state: PlexState) {
    const server = state.servers.find((s) => s.name === this.server);
    if (!server) throw new Error(`the world has no server called ${this.server}`);
    return server;
  }

  /** The server that the bot keeps, as it is now. */
  async serverNow(): Promise<PlexState['servers'][number]> {
    return this.serverOf(await this.plexState());
  }

  async sectionOf(title: string): Promise<number> {
    const library = this.serverOf(await this.plexState()).libraries.find((l) => l.title === title);
    if (!library) throw new Error(`the world has no library called ${title}`);
    return library.sectionId;
  }

  /** Waits until this person has exactly these libraries (null: no share). */
  untilShared(who: string, titles: readonly string[] | null, withinMs = 8_000): Promise<true> {
    const wanted = JSON.stringify(titles === null ? null : [...titles].sort());
    return eventually(
      `${who} has ${titles === null ? 'no share' : titles.join(', ')}`,
      async () => JSON.stringify(await this.shared(who)) === wanted,
      withinMs,
    ).then(() => true);
  }

  async command({ user, name, options = {}, waitMs = 4_000 }: Use): Promise<Interaction> {
    const answer = await this.world.discord.interact({
      kind: 'command',
      guild: ids.guild,
      channel: ids.general,
      user,
      name,
      options,
      waitMs,
    });
    this.answers.push(answer);
    return answer;
  }

  /** What people saw since: every wording of an answer that was looked at, its last one, and new audit messages. */
  async seen(posts: number): Promise<readonly Sight[]> {
    for (const answer of this.answers) await this.words(answer);
    const answers = this.answers.flatMap(({ id, answer }) =>
      [...(this.wordings.get(id) ?? [])].map((text) => ({
        channel: 'general',
        private: answer?.ephemeral === true,
        text,
      })),
    );
    const audit = (await this.audit()).slice(posts);
    return [...answers, ...audit.map(({ text }) => ({ channel: 'audit', private: false, text }))];
  }

  /** What is suggested to somebody who has typed this for the person. */
  suggestions(user: string, name: string, options: { readonly person: string }) {
    return this.world.discord.interact({
      kind: 'autocomplete',
      guild: ids.guild,
      channel: ids.general,
      user,
      name,
      focused: 'person',
      options,
    });
  }

  /** The words of an answer as they stand now. */
  async words(answer: Interaction): Promise<string> {
    const now = await this.world.discord.interaction(answer.id);
    const id = now.message?.id;
    const text = typeof id === 'string' ? await this.world.discord.text(id) : '';
    const wordings = this.wordings.get(answer.id) ?? new Set<string>();
    if (text !== '') this.wordings.set(answer.id, wordings.add(text));
    return text;
  }

  /** Waits until an answer says something, and gives the whole of it. */
  untilSaid(answer: Interaction, pattern: RegExp, withinMs = 8_000): Promise<string> {
    return eventually(
      `the answer says ${String(pattern)}`,
      async () => {
        const text = await this.words(answer);
        return pattern.test(text) && text;
      },
      withinMs,
    );
  }

  /** The audit channel's messages, oldest first. */
  async audit(): Promise<readonly Post[]> {
    const messages = await this.world.discord.messages(ids.audit);
    return Promise.all(
      messages.map(async ({ id }) => ({ id, text: await this.world.discord.text(id) })),
    );
  }

  /** Waits for exactly one audit message, among those after `since`, that matches everything. */
  async untilTold(since: number, patterns: readonly RegExp[], withinMs = 8_000): Promise<Post> {
    const matches = async () =>
      (await this.audit()).slice(since).filter((post) => patterns.every((p) => p.test(post.text)));
    await eventually(
      `one audit message with ${patterns.map(String).join(' ')}`,
      async () => (await matches()).length > 0,
      withinMs,
    );
    const found = await matches();
    const [only] = found;
    if (!only || found.length > 1) throw new Error(`${found.length} audit messages tell the same`);
    return only;
  }

  /** Sharing calls that the bot made after `seq`; nudges stand apart, for no step asked for them. */
  async calls(seq: number): Promise<Calls> {
    const { entries } = await this.world.plex.log(0);
    const sharing = entries.filter((entry) => isSharing(entry));
    const all = sharing.filter((entry) => WRITES.has(entry.method));
    const isLater = (entry: LogEntry) => entry.seq > seq;
    const isAgain = (entry: LogEntry) => isNudge(entry, all);
    return {
      reads: sharing.filter((entry) => entry.method === 'GET').filter(isLater),
      writes: all.filter((entry) => isLater(entry) && !isAgain(entry)),
      nudges: all.filter((entry) => isLater(entry) && isAgain(entry)),
    };
  }

  async mark(): Promise<{ seq: number; posts: number; at: number }> {
    const { last } = await this.world.plex.log(Number.MAX_SAFE_INTEGER);
    return { seq: last, posts: (await this.audit()).length, at: Date.now() };
  }
}

/** The PMS may miss what comes within 6 s; the bot waits for longer, and then repeats its last list. */
const NUDGED_AFTER_MS = 9_000;

/** Whether a write repeats the latest list of that share, long after the last write of all. */
function isNudge(entry: LogEntry, writes: readonly LogEntry[]): boolean {
  const before = writes.filter((write) => write.seq < entry.seq);
  const last = before.at(-1);
  const same = before.findLast((write) => write.path === entry.path);
  if (!last || !same || entry.method !== 'PUT' || entry.at - last.at < NUDGED_AFTER_MS)
    return false;
  const list = (write: LogEntry) => JSON.stringify([...(sectionsOf(write) ?? [])].sort());
  return list(same) === list(entry);
}

/** Library ids of a write, or null when it carries no list. */
export function sectionsOf(entry: LogEntry): readonly number[] | null {
  const body = entry.body as {
    shared_server?: { library_section_ids?: number[] };
    librarySectionIds?: number[];
  } | null;
  return body?.shared_server?.library_section_ids ?? body?.librarySectionIds ?? null;
}

/** Fails with a sentence when something that must hold does not. */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
