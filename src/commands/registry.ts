import { accessShow } from './access/show.js';
import { grant, shorten } from './grant.js';
import { leave } from './leave.js';
import { revoke, take } from './revoke.js';
import { sweepNow } from './sweep.js';
import { sync } from './sync.js';

/** Every command, alphabetical. */
export const commands = [accessShow, grant, revoke, sweepNow, sync];

/** Every button that a message of ours may carry. */
export const buttons = [leave, shorten, take];
