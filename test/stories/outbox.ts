import pg from 'pg';
import { ids } from '../../sim/tour/world.js';
import type { TestWorld } from '../support/world.js';

/** A message of the simulated Discord, as far as these stories look at it. */
export interface Message {
  readonly id: string;
  readonly attachments: readonly { readonly filename: string; readonly url: string }[];
}

/** The audit channel's messages with their texts and the lines of their files. */
export async function posts(
  { world }: TestWorld,
  channel: string = ids.audit,
): Promise<{ id: string; text: string; lines: readonly string[] }[]> {
  const messages = (await world.discord.messages(channel)) as unknown as readonly Message[];
  return Promise.all(
    messages.map(async ({ id, attachments }) => {
      const files = await Promise.all(
        attachments.map(async ({ url }) => (await fetch(url)).text()),
      );
      const lines = files.flatMap((file) => file.split('\r\n').filter((line) => line !== ''));
      return { id, text: await world.discord.text(id), lines: lines.slice(1) };
    }),
  );
}

/** The numbers of the cases that a message tells: those of its file, where it has one. */
export const numbersIn = ({ text, lines }: { text: string; lines: readonly string[] }): number[] =>
  lines.length > 0
    ? lines.map((line) => Number(line.split(',')[0]))
    : [...text.matchAll(/Case (\d+) ·/g)].map(([, number]) => Number(number));

/** Direct messages to a user, oldest first. */
export async function dmsTo({ world }: TestWorld, user: string): Promise<string[]> {
  const messages = (await world.discord.get(`/messages?dm=${user}`)) as readonly { id: string }[];
  return Promise.all(messages.map(({ id }) => world.discord.text(id)));
}

/** Looks at, or changes, what the bot has stored. */
export async function sql<Row extends pg.QueryResultRow>(
  { databaseUrl }: TestWorld,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}

/** So many cases, two at a time, of which Plex hears nothing: a link made and taken away. */
export async function makeCases({ checks }: TestWorld, pairs: number): Promise<void> {
  for (let i = 0; i < pairs; i += 1) {
    const options = { member: ids.member };
    const link = { ...options, person: 'mara' };
    await checks.command({
      user: ids.moderator,
      name: 'people link',
      options: link,
      waitMs: 2_000,
    });
    await checks.command({ user: ids.moderator, name: 'people unlink', options, waitMs: 2_000 });
  }
}

/** 0 for everyone: what @everyone may not do in a channel. */
export const deny = ({ world }: TestWorld, bits: string) =>
  world.discord.act('setChannelPermissions', {
    channel: ids.audit,
    id: ids.guild,
    type: 0,
    allow: '0',
    deny: bits,
  });
