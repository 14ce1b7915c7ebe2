import pg from 'pg';
import type { Logger } from 'typeorm';
import { dataSourceFor } from '../../src/store/dataSource.js';
import { Store } from '../../src/store/store.js';

interface Asked {
  readonly query: string;
  readonly parameters: unknown[];
}

/** A statement that the store sent, and how PostgreSQL goes about it. */
export interface Planned {
  readonly query: string;
  readonly plan: string;
}

/** The statements that something asks of the store, each with PostgreSQL's plan for it as it was sent. */
export async function plansOf(
  url: string,
  ask: (store: Store) => Promise<unknown>,
): Promise<Planned[]> {
  const asked: Asked[] = [];
  const listener: Logger = {
    logQuery: (query, parameters) =>
      void asked.push({ query, parameters: Array.isArray(parameters) ? parameters : [] }),
    logQueryError: () => undefined,
    logQuerySlow: () => undefined,
    logSchemaBuild: () => undefined,
    logMigration: () => undefined,
    log: () => undefined,
  };
  const listened = dataSourceFor(url);
  await listened.initialize();
  try {
    listened.setOptions({ logger: listener, logging: ['query'] });
    await ask(new Store(listened));
  } finally {
    await listened.destroy();
  }
  return explained(url, asked);
}

/** Sends everything once more, with a plan for each that reads. */
async function explained(url: string, asked: readonly Asked[]): Promise<Planned[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const plans: Planned[] = [];
  try {
    for (const { query, parameters } of asked) {
      if (!/^\s*(?:select|with)/i.test(query)) {
        await client.query(query, parameters);
        continue;
      }
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${query}`, parameters);
      plans.push({ query, plan: rows.map((row) => row['QUERY PLAN']).join('\n') });
    }
    return plans;
  } finally {
    await client.end();
  }
}
