import { NO_SETTINGS } from './world.js';
import type { Account, Settings } from './world.js';

type Name = keyof Settings;
const NAMES = Object.keys(NO_SETTINGS) as Name[];

export const isFilter = (name: Name): boolean => name.startsWith('filter');

/** The settings that restrict or allow anything at all. */
export const namesIn = (values: Partial<Settings>): Name[] =>
  NAMES.filter((name) => values[name] !== undefined && values[name] !== NO_SETTINGS[name]);

/** Settings as v2 (booleans) or v1 ("0" and "1") writes them; what is not named is left out. */
export function readSettings(given: unknown): Partial<Settings> {
  const from = (given ?? {}) as Record<string, unknown>;
  const values = NAMES.filter((name) => from[name] !== undefined).map((name) => {
    const value = from[name];
    if (isFilter(name)) return [name, typeof value === 'string' ? value : ''];
    return [name, name === 'allowTuners' ? Number(value) : Number(value) === 1];
  });
  return Object.fromEntries(values) as Partial<Settings>;
}

/** All settings of an account, whether ever set or not. */
export const settingsOf = (account: Account | undefined): Settings => ({
  ...NO_SETTINGS,
  ...account?.settings,
  ...account?.filters,
});

/** Filters and settings belong to the account, whatever server they are written for. */
export function setSettings(account: Account, values: Partial<Settings>): void {
  const all = { ...settingsOf(account), ...values };
  const part = (wanted: boolean) =>
    Object.fromEntries(
      NAMES.filter((name) => isFilter(name) === wanted).map((name) => [name, all[name]]),
    );
  account.settings = part(false) as Account['settings'];
  account.filters = part(true) as Account['filters'];
}
