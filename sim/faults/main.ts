/**
 * `npm run -s test:faults -- --minutes 5 --seed 1 [--break NAME]`: random histories of the whole bot between both
 * simulators, with all that can go wrong, held against a model of what was ordered; ends with how that went.
 */
import { parseArgs } from 'node:util';
import { hunt } from './hunt.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    break: { type: 'string' },
    /** Worlds that play at the same time. */
    worlds: { type: 'string', default: '2' },
    /** Only this history of the seed, once. */
    only: { type: 'string' },
    /** The first history to play. */
    from: { type: 'string', default: '0' },
    verbose: { type: 'boolean', default: false },
  },
});

/** Long enough for a history of a dozen moves; whoever wants it shorter plays it again. */
const SHORTEN_MS = 90_000;

const found = await hunt({
  shortenMs: SHORTEN_MS,
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  breaks: values.break,
  worlds: Number(values.worlds),
  only: values.only === undefined ? null : Number(values.only),
  from: Number(values.from),
  say: (line) => console.log(line),
  isVerbose: values.verbose,
});
process.exitCode = found === 0 ? 0 : 1;
