import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../tour/drive.js';
import type { Interaction, Json } from '../tour/drive.js';
import { ids } from '../tour/world.js';
import type { World } from '../tour/world.js';
import { leavesOf, optionsFor, selected } from './declared.js';
import type { Leaf } from './declared.js';
import { hostileDiscord, hostileNames, hostilePlex, strayIds } from './hostile.js';
import { wrongWords } from './judge.js';
import type { Move, Wave, Word } from './moves.js';
import { fieldNames, partNames } from './names.js';

/** Somebody else's guild, in which the bot also is. */
const ELSEWHERE = {
  guild: '100000000000000009',
  channel: '400000000000000009',
  owner: ids.stranger,
};
const PEOPLE = [ids.owner, ids.admin, ids.moderator, ids.auditor, ids.member, ids.stranger];
const SELECTS = [3, 5, 6, 7, 8];
const DEFERRED = [5, 6];
/** Twice what Discord gives: here it counts that everybody is answered, on however slow a machine. */
const ACK_MS = 6_000;
const FAULT = /the fault is in Usher/;

/** A button or select that somebody can use. */
interface Pressable {
  readonly message: string;
  readonly channel: string;
  readonly guild: string | null;
  readonly owner: string;
  readonly component: Json;
}

/** Uses everything that Discord was told of, as anybody, and notes what should not have happened. */
export class Player {
  passed = 0;
  /** Not let through by Discord itself. */
  unsent = 0;
  readonly failures: string[] = [];

  private leaves: readonly Leaf[] = [];
  private readonly suggested = new Map<string, string[]>();
  private readonly pressables: Pressable[] = [];
  private readonly modals: { readonly customId: string; readonly fields: readonly string[] }[] = [];
  private readonly done: { readonly id: string; readonly what: string }[] = [];
  private dm = '';
  private readonly names = partNames();
  private readonly fields = fieldNames();

  constructor(private readonly world: World) {}

  /** Puts the hostile names into both worlds: before the bot starts. */
  async prepare(): Promise<void> {
    const { plex, discord } = this.world;
    await plex.put(hostilePlex(await plex.state()));
    await discord.put(hostileDiscord(await discord.state()));
    await discord.knobs({ ackMs: ACK_MS });
  }

  /** Another guild, a conversation, and messages with components that no running Usher knows: after its start. */
  async settleIn(): Promise<void> {
    const { discord } = this.world;
    const state = await discord.state<{ guilds: Json[] }>();
    const [here] = state.guilds;
    const { guild, channel, owner } = ELSEWHERE;
    const channels = [{ ...(here?.channels as Json[])[0], id: channel, guild_id: guild }];
    const roles = [{ ...(here?.roles as Json[])[0], id: guild }];
    await discord.act('joinGuild', {
      guild: { ...here, id: guild, owner_id: owner, channels, roles },
    });
    this.dm = await this.world.openDm(ids.stranger);
    this.leaves = leavesOf(await discord.get('/commands'));
    const options = [{ label: 'Old', value: 'old' }];
    for (const [i, custom_id] of strayIds.entries()) {
      const where = (['guild', 'guild of others', 'dm'] as const)[i % 3] ?? 'guild';
      const button = { type: 2, style: 2, label: 'Old', custom_id };
      await this.plant(i % 3 === 2 ? { type: 3, custom_id, options } : button, where);
    }
  }

  /** Posts, as the bot, a message with one component. */
  private async plant(component: Json, where: Move['where']): Promise<Pressable> {
    const place = this.place(where);
    const message = await this.world.postAsBot(place.channel, [
      { type: 1, components: [component] },
    ]);
    const pressable = { ...place, message, component, owner: ids.stranger };
    this.pressables.push(pressable);
    return pressable;
  }

  private place(where: Move['where']): { guild: string | null; channel: string } {
    if (where === 'dm') return { guild: null, channel: this.dm };
    const { guild, channel } = ELSEWHERE;
    if (where === 'guild of others') return { guild, channel };
    return { guild: ids.guild, channel: ids.general };
  }

  async wave({ moves, weather }: Wave): Promise<void> {
    const { plex, discord } = this.world;
    const isLate = weather === 'late answers';
    if (isLate) await discord.knobs({ ackMs: 1 });
    if (weather === 'Plex is down') await plex.fault({ path: '.*' }, { status: 503 }, 0);
    if (weather === 'twice from the gateway') await discord.gateway({ do: 'duplicateNext' });
    if (weather === 'a lost connection') await discord.gateway({ do: 'drop' });
    const all = moves.flatMap((move) => (move.isTwice ? [move, move] : [move]));
    await Promise.all(all.map((move) => this.make(move, isLate)));
    if (weather === 'Plex is down') await plex.healed();
    if (isLate) {
      await sleep(500); // until they have been told that they are late
      await discord.knobs({ ackMs: ACK_MS });
    }
  }

  private async make(move: Move, isLate: boolean): Promise<void> {
    const use = await this.useOf(move);
    if (!use) return;
    const what = JSON.stringify(use).slice(0, 400);
    try {
      const answer = await this.world.discord.interact({ ...use, waitMs: ACK_MS + 2_000 });
      this.done.push({ id: answer.id, what });
      this.judge(answer, { use, what, isLate });
    } catch (error) {
      if (error instanceof Error && / 422 /.test(error.message)) this.unsent += 1;
      else this.failures.push(`${what}: ${String(error)}`);
    }
  }

  /** The body for the simulator; null when there is nothing of that kind yet. */
  private async useOf(move: Move): Promise<Json | null> {
    const user = PEOPLE[move.who % PEOPLE.length] ?? ids.member;
    switch (move.kind) {
      case 'command':
      case 'autocomplete':
      case 'menu':
        return this.commandOf(move, user);
      case 'press':
      case 'stray': {
        const pressable = this.pressables[move.which % this.pressables.length];
        return pressable ? this.pressOf(pressable, move, user) : null;
      }
      case 'steal': {
        const from = this.pressables[move.which % this.pressables.length];
        if (!from) return null;
        const stolen = { ...from.component, id: 0 };
        return this.pressOf(await this.plant(stolen, move.where), move, user);
      }
      case 'submit':
        return this.submitOf(move, user);
      case 'forge':
        return this.forge(move, user);
    }
  }

  private commandOf({ kind, which, words, where }: Move, user: string): Json | null {
    const isMenu = kind === 'menu';
    const leaves = this.leaves.filter((leaf) => leaf.isForUsers === isMenu);
    const leaf = leaves[which % leaves.length];
    if (!leaf) return null;
    const place = this.place(where);
    const target = PEOPLE[(words[0]?.pick ?? 0) % PEOPLE.length];
    if (isMenu) return { kind: 'user', ...place, user, name: leaf.name, target };
    const { options, files } = optionsFor(leaf, words, this.suggested);
    if (kind === 'command') return { kind, ...place, user, name: leaf.name, options, files };
    const asked = leaf.options.filter((option) => option.autocomplete === true);
    const focused = asked[which % asked.length]?.name;
    if (focused === undefined) return null;
    const typed = typedSoFar(words[0]);
    return {
      kind,
      ...place,
      user,
      name: leaf.name,
      focused,
      options: { ...options, [focused]: typed ?? options[focused] ?? '' },
    };
  }

  private pressOf({ component, ...at }: Pressable, { words, who }: Move, user: string): Json {
    const { message, guild, channel } = at;
    const customId = component.custom_id;
    // Mostly by whom it is meant for, else nothing would ever come of it.
    const base = { message, guild, channel, customId, user: who % 3 === 0 ? user : at.owner };
    const [word] = words;
    if (!SELECTS.includes(Number(component.type)) || !word) return { kind: 'button', ...base };
    return { kind: 'select', ...base, values: selected(component, word) };
  }

  /** Any part that the bot knows, with what was kept for another one: as a button, a menu or a form. */
  private async forge(move: Move, user: string): Promise<Json> {
    const { which, words } = move;
    const pick = words[1]?.pick ?? 0;
    const from = this.pressables[pick % this.pressables.length];
    const [, , kept = 'nothing'] =
      (from?.component.custom_id as string | undefined)?.split(':') ?? [];
    const custom_id = `v1:${this.names[which % this.names.length] ?? ''}:${kept}`.slice(0, 100);
    if (pick % 3 === 0) {
      const texts = this.fields.slice(0, 5).map((name, i) => [name, words[i]?.hostile ?? '']);
      const fields = Object.fromEntries(texts) as Json;
      return { kind: 'modal', ...this.place(move.where), user, customId: custom_id, fields };
    }
    const component =
      pick % 3 === 1
        ? { type: 2, style: 2, label: 'Forged', custom_id }
        : { type: 3, custom_id, options: [{ label: 'Forged', value: 'forged' }] };
    const planted = await this.plant(component, move.where);
    return this.pressOf({ ...planted, owner: from?.owner ?? user }, move, user);
  }

  private submitOf({ which, words, where }: Move, user: string): Json {
    const modal = this.modals[which % this.modals.length];
    const customId = modal?.customId ?? strayIds[which % strayIds.length];
    const fields = Object.fromEntries(
      (modal?.fields ?? ['x']).map((name, i) => [name, words[i]?.hostile ?? '']),
    );
    return { kind: 'modal', ...this.place(where), user, customId, fields };
  }

  private judge(
    answer: Interaction,
    { use, what, isLate }: { use: Json; what: string; isLate: boolean },
  ): void {
    if (!isLate && (answer.answer === null || answer.error !== null)) {
      this.failures.push(`${what}: not answered (${JSON.stringify(answer.error)})`);
      return;
    }
    this.passed += 1;
    for (const { name, value } of answer.choices ?? []) {
      if (name === '') this.failures.push(`${what}: a suggestion without a name`);
      const focused = String(use.focused);
      const known = this.suggested.get(focused) ?? [];
      if (known.length < 200) this.suggested.set(focused, [...known, value]);
    }
    const messages = [answer.message, ...(answer.followups ?? [])].filter((one) => one !== null);
    for (const message of messages) this.learn(message, use);
    const { modal } = answer;
    if (modal) {
      const fields = componentsOf(modal).map((one) => String(one.custom_id));
      this.modals.push({ customId: String(modal.custom_id), fields });
    }
  }

  private learn(message: Json, use: Json): void {
    for (const component of componentsOf(message)) {
      if (component.style === 5) continue;
      this.pressables.push({
        component,
        message: String(message.id),
        channel: String(use.channel),
        guild: (use.guild ?? null) as string | null,
        owner: String(use.user),
      });
    }
  }

  /** Looks at all that was said in the end, and at what the simulators noted. */
  async conclude(): Promise<void> {
    for (const { id, what } of this.done) await this.lookBack(id, what);
    for (const channel of [ids.general, ids.audit, ELSEWHERE.channel, this.dm]) {
      for (const message of await this.world.discord.messages(channel)) {
        this.blame(`message ${message.id}`, wrongWords(message.components));
      }
    }
    const help = { kind: 'command', ...this.place('guild'), user: ids.member, name: 'help' };
    const last = await this.world.discord.interact(help).catch(() => null);
    if (!last?.answer) this.failures.push('/help is not answered in the end');
  }

  private async lookBack(id: string, what: string): Promise<void> {
    const isTold = async () => {
      const one = await this.world.discord.interaction(id);
      const waits = DEFERRED.includes(one.answer?.type ?? 0);
      return (!waits || one.edits + (one.followups?.length ?? 0) > 0) && one;
    };
    const one = await eventually(what, isTold, 15_000).catch(() => null);
    if (one === null) {
      this.failures.push(`${what}: left waiting`);
      return;
    }
    const said = [one.message, one.followups, one.modal, one.choices];
    this.blame(what, wrongWords(said));
    if (FAULT.test(JSON.stringify(said))) this.failures.push(`${what}: a fault`);
  }

  private blame(what: string, wrong: readonly string[]): void {
    for (const why of wrong) this.failures.push(`${what}: ${why}`);
  }
}

/** The first letters of what is going to be a name, so that suggestions show all of them; null = something else. */
function typedSoFar(word: Word | undefined): string | null {
  if (!word || word.pick % 4 === 0) return null;
  const name = hostileNames[word.pick % hostileNames.length] ?? '';
  return Array.from(name)
    .slice(0, word.pick % 4)
    .join('');
}

/** Everything in it that can be used. */
function componentsOf(node: unknown): Json[] {
  if (Array.isArray(node)) return node.flatMap(componentsOf);
  if (node === null || typeof node !== 'object') return [];
  const one = node as Json;
  const { components, component, accessory } = one;
  const own =
    typeof one.custom_id === 'string' && components === undefined && one.disabled !== true
      ? [one]
      : [];
  return [...own, ...[components, component, accessory].flatMap(componentsOf)];
}
