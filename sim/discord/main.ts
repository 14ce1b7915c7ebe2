import { runProgram } from '../common/program.js';
import { startDiscord } from './start.js';

await runProgram(startDiscord);
