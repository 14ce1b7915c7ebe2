/** `npm run -s test:kill -- --points 200 --seed 1`: kill -9 at places that the seed chooses; ends with how that went. */
import { parseArgs } from 'node:util';
import { killAt } from './kill.js';

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    break: { type: 'string' },
    /** Worlds at the same time. */
    worlds: { type: 'string', default: '2' },
  },
});

const failed = await killAt(
  { points: Number(values.points), seed: Number(values.seed) },
  { breaks: values.break, worlds: Number(values.worlds), say: (line) => console.log(line) },
);
process.exitCode = failed === 0 ? 0 : 1;
