/** Starts the embedded PostgreSQL of a folder, says how it went in one line, and waits to be killed. */
import { startEmbedded } from '../../src/store/embedded.js';

const LONGEST_LIFE_MS = 60_000;

const embedded = await startEmbedded(process.argv[2] ?? '');
process.stdout.write(`${JSON.stringify({ url: embedded.url, adopted: embedded.adopted })}\n`);
setTimeout(() => process.exit(0), LONGEST_LIFE_MS);
