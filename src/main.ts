import { loadConfig } from './config.js';
import { PortTaken } from './console/health.js';
import { EXIT_BROKEN, EXIT_CONFIG, EXIT_DONE } from './exitCodes.js';
import { createLog } from './log.js';
import { CannotRun } from './store/binaries.js';
import { NewerSchema } from './store/open.js';
import { KeyFileOpen } from './store/secretKey.js';
import { isUnreachable, UNREACHABLE } from './store/unreachable.js';
import { Usher } from './usher.js';
import { misspelt } from './variables.js';

/** Whatever still runs after this is left as a crash would leave it: what was begun is on record, and done later. */
const STOP_WITHIN_MS = 9_000;

const config = loadConfig();
const log = createLog({ level: config.logLevel, secrets: config.secrets });
const usher = new Usher(config, log);
const state = { isEnding: false };

for (const { variable, meant } of misspelt(Object.keys(process.env))) {
  log.warn({ variable, meant }, `${variable} is not a variable of Usher; did you mean ${meant}?`);
}

/** Ends the process once, whatever else goes wrong while it ends. Asked again, it goes on ending. */
function end(code: number): void {
  if (state.isEnding) return;
  state.isEnding = true;
  setTimeout(() => {
    log.error({}, 'stopping takes too long; what is left is done after the next start');
    process.exit(EXIT_BROKEN);
  }, STOP_WITHIN_MS).unref();
  void usher
    .stop()
    .catch((error: unknown) => log.error({ err: error }, 'stopping did not go well'))
    .finally(() => process.exit(code));
}

function giveUp(error: unknown): void {
  const why = error instanceof Error ? error.message : 'Usher could not start';
  log.error({ err: error }, isUnreachable(error) ? UNREACHABLE : why);
  const hopeless = [NewerSchema, KeyFileOpen, CannotRun, PortTaken];
  end(hopeless.some((kind) => error instanceof kind) ? EXIT_CONFIG : EXIT_BROKEN);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => end(EXIT_DONE));
process.on('unhandledRejection', (error) => {
  log.error({ err: error }, 'a rejection that nobody handled');
  end(EXIT_BROKEN);
});
// Whoever keeps us alive is gone: another one may be starting already. It may be gone before we listen.
process.once('disconnect', () => end(EXIT_DONE));
if ('connected' in process && !process.connected) end(EXIT_DONE);

try {
  await usher.start((reason) => {
    log.error({}, reason);
    end(EXIT_BROKEN);
  });
  log.always({ pid: process.pid }, 'ready');
} catch (error) {
  if (!state.isEnding) giveUp(error); // else it could not start because it ends
}
