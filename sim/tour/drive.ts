/** Drives a simulator, or waits for it, through the contract alone: anybody's simulator of the same contract would do. */

export type Json = Record<string, unknown>;

export interface LogEntry {
  readonly seq: number;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number | null;
  readonly fault?: unknown;
}

export interface Interaction {
  readonly id: string;
  readonly firstAnswerMs: number | null;
  readonly answer: { readonly type: number; readonly ephemeral: boolean } | null;
  readonly message: Json | null;
  readonly edits: number;
  readonly followups?: readonly Json[];
  readonly modal?: Json | null;
  readonly choices?: readonly { readonly name: string; readonly value: string }[];
  readonly error: { readonly code: number } | null;
}

async function call(url: string, method: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text.slice(0, 300)}`);
  return text === '' ? null : (JSON.parse(text) as unknown);
}

/** The admin side of either simulator. */
export class Simulator {
  constructor(readonly url: string) {}

  get(path: string): Promise<unknown> {
    return call(`${this.url}/_sim${path}`, 'GET');
  }

  async state<T>(): Promise<T> {
    return (await this.get('/state')) as T;
  }

  /** Replaces the whole world. */
  put(world: unknown): Promise<unknown> {
    return call(`${this.url}/_sim/state`, 'PUT', world);
  }

  act(act: string, details: Json): Promise<unknown> {
    return call(`${this.url}/_sim/act`, 'POST', { act, ...details });
  }

  knobs(knobs: Json): Promise<unknown> {
    return call(`${this.url}/_sim/knobs`, 'PUT', knobs);
  }

  async log(after = 0): Promise<{ last: number; entries: readonly LogEntry[] }> {
    return (await this.get(`/log?after=${after}`)) as { last: number; entries: LogEntry[] };
  }

  fault(match: { method?: string; path: string }, how: Json, times = 1): Promise<unknown> {
    return call(`${this.url}/_sim/faults`, 'POST', { match, times, do: how });
  }

  healed(): Promise<unknown> {
    return call(`${this.url}/_sim/faults`, 'DELETE');
  }

  problems(): Promise<unknown> {
    return this.get('/problems');
  }
}

/** sim/discord: what people do, and what they then see. */
export class Discord extends Simulator {
  async interact(interaction: Json): Promise<Interaction> {
    return (await call(`${this.url}/_sim/interactions`, 'POST', interaction)) as Interaction;
  }

  /** What befalls the gateway. */
  async gateway(how: Json): Promise<void> {
    await call(`${this.url}/_sim/gateway`, 'POST', how);
  }

  async interaction(id: string): Promise<Interaction> {
    return (await this.get(`/interactions/${id}`)) as Interaction;
  }

  async messages(channel: string): Promise<readonly (Json & { id: string; nonce?: string })[]> {
    return (await this.get(`/messages?channel=${channel}`)) as (Json & { id: string })[];
  }

  async text(message: string): Promise<string> {
    return ((await this.get(`/text?message=${message}`)) as { text: string }).text;
  }

  /** What stands in somebody's conversation with the bot, oldest first. */
  async dms(user: string): Promise<string[]> {
    const messages = (await this.get(`/messages?dm=${user}`)) as readonly { id: string }[];
    return Promise.all(messages.map((message) => this.text(message.id)));
  }

  /** The texts of a channel, oldest first. */
  async texts(channel: string): Promise<string[]> {
    const messages = await this.messages(channel);
    return Promise.all(messages.map((message) => this.text(message.id)));
  }
}

/** Asks `look` again until it gives something, and fails with what was awaited when it does not in time. */
export async function eventually<T>(
  awaited: string,
  look: () => Promise<T | null | undefined | false>,
  withinMs = 8_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${awaited}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
