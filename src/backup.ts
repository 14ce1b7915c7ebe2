import { loadDataPlace } from './config.js';
import type { DataPlace } from './config.js';
import { backUp, rowsOf } from './store/backup/backup.js';
import { withDatabase } from './store/borrow.js';
import { secretKeyPath } from './store/secretKey.js';
import { rowsTold, runErrand } from './terminal.js';

const USAGE = `Usage: npm run backup -- FILE [--force]
Writes everything that Usher knows to FILE. Usher may run meanwhile. --force replaces a file that is there.`;

await runErrand({ usage: USAGE, canForce: true }, async (errand) => {
  const place = loadDataPlace();
  const done = await withDatabase(place, { make: false }, (url) => backUp(url, errand));
  const { header, bytes } = done;
  return [
    `${errand.path} holds ${rowsTold(rowsOf(header))} of ${header.tables.length} tables (${size(bytes)}).`,
    `SECRET_KEY is not in it, and without it the Plex tokens in it cannot be read. ${whereKeyIs(place)}`,
  ].join('\n');
});

function whereKeyIs({ databaseUrl, dataDir }: DataPlace): string {
  const { SECRET_KEY = '', SECRET_KEY_FILE = '' } = process.env;
  const isGiven = databaseUrl !== null || SECRET_KEY !== '' || SECRET_KEY_FILE !== '';
  return isGiven
    ? 'Keep it apart from this file.'
    : `Keep a copy of ${secretKeyPath(dataDir)} apart from this file.`;
}

function size(bytes: number): string {
  const mb = bytes / 1e6;
  return mb >= 1 ? `${mb.toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}
