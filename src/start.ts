import { fileURLToPath } from 'node:url';
import { supervise } from './supervisor.js';

const main = fileURLToPath(new URL('main.js', import.meta.url));

process.exitCode = await supervise([...process.execArgv, main], (sentence) =>
  console.error(sentence),
);
