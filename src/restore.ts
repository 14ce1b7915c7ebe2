import { loadDataPlace } from './config.js';
import { UserError } from './core/errors.js';
import { rowsOf } from './store/backup/backup.js';
import { backupToRestore, restore } from './store/backup/restore.js';
import { embeddedHome, withDatabase } from './store/borrow.js';
import { secretKeyPath } from './store/secretKey.js';
import { rowsTold, runErrand } from './terminal.js';

const USAGE = `Usage: npm run restore -- FILE
Fills an empty database with what a backup holds. Usher must not run on it meanwhile.`;

await runErrand({ usage: USAGE, canForce: false }, async (errand) => {
  const place = loadDataPlace();
  // First of all: no database is made for a file that is none.
  const backup = await backupToRestore(errand.path);
  const { header } = backup;
  const done = withDatabase(place, { make: true }, (url) => restore(url, backup, errand));
  await done.catch((error: unknown) => {
    if (!(error instanceof UserError) || error.code !== 'not-empty') throw error;
    const wayOut =
      place.databaseUrl === null
        ? `Stop Usher, move ${embeddedHome(place.dataDir)} away, then restore again.`
        : 'Make a new database, name it in DATABASE_URL, then restore again.';
    throw new UserError(error.code, `${error.message} ${wayOut}`);
  });
  const file = place.databaseUrl === null ? `, or the file ${secretKeyPath(place.dataDir)}` : '';
  const at = header.takenAt.toISOString();
  return [
    `The database holds ${rowsTold(rowsOf(header))} again, as it was at ${at}.`,
    `SECRET_KEY was not in the backup. Give Usher the one it had then${file}; with another one it asks for Plex to be connected again.`,
  ].join('\n');
});
