import { EXIT_CONFIG, loadConfig } from './config.js';
import { PortTaken } from './console/health.js';
import { createLog } from './log.js';
import { NewerSchema } from './store/open.js';
import { KeyFileOpen } from './store/secretKey.js';
import { Usher } from './usher.js';
import { misspelt } from './variables.js';

const config = loadConfig();
const log = createLog({ level: config.logLevel, secrets: config.secrets });
const usher = new Usher(config, log);

for (const { variable, meant } of misspelt(Object.keys(process.env))) {
  log.warn({ variable, meant }, `${variable} is not a variable of Usher; did you mean ${meant}?`);
}

/** Ends the process once, whatever else goes wrong while it ends. */
function end(code: number): void {
  void usher
    .stop()
    .catch((error: unknown) => log.error({ err: error }, 'stopping did not go well'))
    .finally(() => process.exit(code));
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end(0));
process.on('unhandledRejection', (error) => {
  log.error({ err: error }, 'a rejection that nobody handled');
  end(1);
});

try {
  await usher.start((reason) => {
    log.error({ reason }, 'Usher cannot go on');
    end(1);
  });
  log.always({ pid: process.pid }, 'ready');
} catch (error) {
  log.error({ err: error }, error instanceof Error ? error.message : 'Usher could not start');
  const isHopeless = [NewerSchema, KeyFileOpen, PortTaken].some((kind) => error instanceof kind);
  end(isHopeless ? EXIT_CONFIG : 1);
}
