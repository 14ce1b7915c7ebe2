import { runProgram } from '../common/program.js';
import { startPlex } from './start.js';

await runProgram(startPlex);
