import { DataSource, DefaultNamingStrategy } from 'typeorm';
import { migrations } from './migrations/index.js';
import { tables } from './schema.js';

const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** Properties are camelCase in code and snake_case in tables. */
class SnakeCase extends DefaultNamingStrategy {
  override columnName(property: string, given: string | undefined): string {
    return given ?? snake(property);
  }
}

const QUERY_WITHIN_MS = 30_000;

/** The one place that lists tables and migrations. Nothing connects before `initialize()`. `queryWithinMs` 0: no limit. */
export function dataSourceFor(url: string, queryWithinMs = QUERY_WITHIN_MS): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: 'usher',
    entities: tables,
    migrations,
    synchronize: false,
    namingStrategy: new SnakeCase(),
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    logging: false,
    extra: {
      max: 12,
      statement_timeout: queryWithinMs,
      idle_in_transaction_session_timeout: queryWithinMs,
    },
  });
}
