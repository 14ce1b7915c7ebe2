import { standingLine } from './admins.js';
import { BrakeDesk } from './brakeDesk.js';
import { ConductDesk } from './conductDesk.js';
import { follow } from './follow.js';
import { grant } from './grant.js';
import type { GrantOutcome } from './grant.js';
import type { GrantWish } from './grantWish.js';
import type { Recorded } from './follow.js';
import { inviteNow, waitingInvite } from './invite.js';
import { listLibraries } from './libraries.js';
import { LibraryDesk } from './libraryDesk.js';
import { link, unlink } from './link.js';
import type { Link } from './link.js';
import type { Parts, Standing } from './parts.js';
import { bindRole, showRoles, unbindRole, whoIs } from './roles.js';
import { revoke } from './revoke.js';
import { Setup } from './setup.js';
import type { RevokeOutcome, RevokeWish } from './revoke.js';
import { settingsOf } from './settingsShow.js';
import type { Settings } from './settingsShow.js';
import { setEndPolicy, setTimeZone } from './settings.js';
import type { PolicyOutcome, PolicyWish } from './settings.js';
import { show } from './show.js';
import { setDefault } from './defaults.js';
import type { DefaultOutcome, DefaultWish } from './defaults.js';
import { giveDefaults } from './giveDefaults.js';
import type { GiveOutcome, GiveWish } from './giveDefaults.js';
import { extend } from './extend.js';
import type { ExtendWish } from './extend.js';
import { mustBeRead } from './find.js';
import { PeopleDesk } from './peopleDesk.js';
import { findServer } from './findServer.js';
import { ScheduleDesk } from './scheduleDesk.js';
import { suggestLibraries, suggestPeople, suggestServers } from './suggest.js';
import type { Choice } from './suggest.js';
import { sweepAll } from './sweep.js';
import type { Swept } from './sweep.js';
import { syncAll } from './sync.js';
import type { Synced } from './sync.js';
import type { Step } from './going.js';
import type { Told } from './tell.js';
import { suggestWhen } from './suggestWhen.js';
import { readWhen } from './when.js';
import type { Reading } from './when.js';
import type { BoundPower } from '../core/cases.js';
import { UserError } from '../core/errors.js';
import type { DiscordUserId, PersonId, RoleId, ServerId } from '../core/model.js';
import { atLeast } from '../core/power.js';
import type { ServerRow } from '../store/rows.js';

type How = Omit<Reading, 'now' | 'zone'>;

/** Everything Usher can do, bound to one guild and to whoever asks. Power is checked before it is made. */
export class Access {
  constructor(
    private readonly parts: Parts,
    private readonly standing: Standing,
  ) {}

  /** Sets the guild up. */
  get setup(): Setup {
    return new Setup(this.parts, this.standing);
  }

  /** Looks at people, and looks after them. */
  get people(): PeopleDesk {
    return new PeopleDesk(this.parts, this.standing);
  }

  /** Looks ahead. */
  get schedule(): ScheduleDesk {
    return new ScheduleDesk(this.parts, this.standing);
  }

  /** Looks after libraries. */
  get libraries(): LibraryDesk {
    return new LibraryDesk(this.parts, this.standing);
  }

  /** Chooses what Usher does by itself. */
  get conduct(): ConductDesk {
    return new ConductDesk(this.parts, this.standing);
  }

  /** Decides what takes access from many people at once. */
  get brake(): BrakeDesk {
    return new BrakeDesk(this.parts, this.standing);
  }

  grant(wish: GrantWish): Promise<GrantOutcome> {
    return grant(this.parts, this.standing, wish);
  }

  /** Sends an invite before the grant that it is for begins. */
  async inviteNow(personId: PersonId, serverId: ServerId): Promise<Recorded> {
    const { guildId } = this.standing;
    const about = await waitingInvite(this.parts, { guildId, personId, serverId });
    const caseId = await inviteNow(this.parts, this.standing, about);
    return { caseIds: [caseId], people: [about.person.id], servers: [serverId] };
  }

  revoke(wish: RevokeWish): Promise<RevokeOutcome> {
    return revoke(this.parts, this.standing, wish);
  }

  /** Moves an end to a later one; `by` is read as counted from the end it has. */
  extend(wish: Omit<ExtendWish, 'by'> & { readonly by: string | null }): Promise<GrantOutcome> {
    const { by } = wish;
    const read = by === null ? null : (from: Date) => this.readWhen(by, { as: 'until', from });
    return extend(this.parts, this.standing, { ...wish, by: read });
  }

  setDefault(wish: DefaultWish): Promise<DefaultOutcome> {
    return setDefault(this.parts, this.standing, wish);
  }

  giveDefaults(wish: GiveWish): Promise<GiveOutcome> {
    return giveDefaults(this.parts, this.standing, wish);
  }

  settings(): Promise<Settings> {
    return settingsOf(this.parts, this.standing);
  }

  setEndPolicy(wish: PolicyWish): Promise<PolicyOutcome> {
    return setEndPolicy(this.parts, this.standing, wish);
  }

  setTimeZone(typed: string): Promise<Told> {
    return setTimeZone(this.parts, this.standing, typed);
  }

  async listLibraries(server: string | null): Promise<Told> {
    return listLibraries(this.parts, await this.servers(server));
  }

  link(wish: Link): Promise<Told> {
    return link(this.parts, this.standing, wish);
  }

  unlink(member: DiscordUserId): Promise<Told> {
    return unlink(this.parts, this.standing, member);
  }

  showRoles(): Promise<Told> {
    return showRoles(this.parts, this.standing);
  }

  /** Which power a member has, and by which roles; null: whoever asks. */
  whoIs(member: DiscordUserId | null): Promise<Told> {
    return whoIs(this.parts, this.standing, member);
  }

  bindRole(wish: { role: RoleId; power: BoundPower }): Promise<Told> {
    return bindRole(this.parts, this.standing, wish);
  }

  unbindRole(role: RoleId): Promise<Told> {
    return unbindRole(this.parts, this.standing, role);
  }

  /** What became of something recorded: told at once, then whenever Plex shows more. */
  follow(recorded: Recorded): AsyncGenerator<Told> {
    return follow(this.parts, recorded);
  }

  /** What a person has; null: whoever asks. */
  show(person: string | null): Promise<Told> {
    return show(this.parts, this.standing, person);
  }

  /** Reads servers again; tells how far it is. */
  async *sync(server: string | null): AsyncGenerator<Step<Synced[]>> {
    const servers = await this.servers(server);
    yield* this.parts.works.watch(this.standing.guildId, (going) =>
      syncAll(this.parts, servers, going),
    );
  }

  /** Looks at everybody again; tells how far it is. */
  async *sweep(server: string | null): AsyncGenerator<Step<Swept[]>> {
    const servers = await this.servers(server);
    yield* this.parts.works.watch(this.standing.guildId, (going) =>
      sweepAll(this.parts, servers, going),
    );
  }

  /** Stops work before its next write; false: it is over. */
  stop(work: string): boolean {
    return this.parts.works.stop(this.standing.guildId, work);
  }

  private async servers(typed: string | null): Promise<ServerRow[]> {
    const { store } = this.parts;
    if (typed !== null) return [await findServer(store, this.standing.guildId, typed)];
    const servers = await store.servers.ofGuild(this.standing.guildId);
    if (servers.length === 0) mustBeRead(servers);
    return servers;
  }

  /** Nobody for those who may look at themselves only. */
  async suggestPeople(typed: string): Promise<Choice[]> {
    const { actor } = this.standing;
    if (actor.kind === 'member' && !atLeast(actor.power, 'auditor')) return [];
    const { guildId } = this.standing;
    return this.parts.store.byIndex((tables) => suggestPeople(tables, guildId, typed));
  }

  suggestLibraries(typed: string, { withAll = false } = {}): Promise<Choice[]> {
    return suggestLibraries(this.parts.store, this.standing.guildId, { typed, withAll });
  }

  suggestServers(typed: string): Promise<Choice[]> {
    return suggestServers(this.parts.store, this.standing.guildId, typed);
  }

  /** What stands wrong, in one line; null: nothing does, or whoever asks is no Admin. */
  troubleLine(): Promise<string | null> {
    return standingLine(this.parts, this.standing);
  }

  /** Makes clickable mentions of commands; plain words until Discord has told their ids. */
  async mentions(): Promise<(command: string) => string> {
    const stored = await this.parts.store.guilds.setting('commands ids');
    const ids = JSON.parse(stored ?? '{}') as Readonly<Record<string, string>>;
    return (command) => {
      const id = ids[command.split(' ')[0] ?? ''];
      return id === undefined ? `/${command}` : `</${command}:${id}>`;
    };
  }

  /** The instant that typed words mean in the guild's zone. */
  async readWhen(typed: string, how: How): Promise<Date> {
    const meant = readWhen(typed, await this.reading(how));
    if (meant.kind === 'instant') return meant.at;
    throw new UserError(meant.why, meant.sentence);
  }

  async suggestWhen(typed: string, how: How): Promise<readonly Choice[]> {
    return suggestWhen(typed, await this.reading(how));
  }

  /** UTC until somebody chose a zone. */
  private async reading(how: How): Promise<Reading> {
    const guild = await this.parts.store.guilds.find(this.standing.guildId);
    return { ...how, now: this.parts.clock.now(), zone: guild?.timeZone ?? 'UTC' };
  }
}
