/** `npm run -s fuzz -- --n 2000 --seed 7`: anybody uses anything with hostile input; ends with how that went. */
import { parseArgs } from 'node:util';
import { World } from '../tour/world.js';
import { fuzz } from './fuzz.js';

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    break: { type: 'string' },
  },
});

const SETTLE_SECONDS = 8;
const world = await World.start({
  breaks: values.break,
  settleSeconds: SETTLE_SECONDS,
  env: { PLEX_WRITES_PER_SECOND: '0' },
});
try {
  const { passed, failures, unsent, seconds } = await fuzz(world, {
    n: Number(values.n),
    seed: Number(values.seed),
  });
  for (const failure of failures) console.log(`not ok  ${failure}`);
  console.log(`seed ${values.seed}; ${unsent} were not let through by Discord itself`);
  console.log(`fuzz: ${passed} passed, ${failures.length} failed, ${seconds} s`);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  await world.stop();
}
