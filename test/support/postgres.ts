import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of its own in the PostgreSQL of the test run. */
export interface TestDatabase {
  readonly url: string;
  /** Cuts off whoever still uses it. */
  drop(): Promise<void>;
}

const NAME = /^usher_test_[0-9a-f]{16}$/;

/** A name that no other test has; everything made for tests is called like this, and nothing else is. */
export const testName = (): string => `usher_test_${randomBytes(8).toString('hex')}`;

/** Makes an empty database. Refuses any name that is not a test's, so that nothing else is ever dropped. */
export async function createTestDatabase(name = testName()): Promise<TestDatabase> {
  if (!NAME.test(name)) throw new Error(`"${name}" is not the name of a test database`);
  const url = new URL(inject('postgresUrl'));
  await run(url.href, `create database ${name}`);
  const server = url.href;
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => run(server, `drop database if exists ${name} with (force)`),
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
