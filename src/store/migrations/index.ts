import { Start1795405194942 } from './1795405194942-Start.js';
import { OpenAnswer1795573000001 } from './1795573000001-OpenAnswer.js';
import { Outbox1795573554694 } from './1795573554694-Outbox.js';
import { Owners1795574273348 } from './1795574273348-Owners.js';
import { Invites1795574251265 } from './1795574251265-Invites.js';
import { EndsAndHomes1795573617324 } from './1795573617324-EndsAndHomes.js';
import { Retention1795594433022 } from './1795594433022-Retention.js';
import { Directory1795596532179 } from './1795596532179-Directory.js';
import { HandsOff1795598395379 } from './1795598395379-HandsOff.js';
import { GrantTimes1795600268839 } from './1795600268839-GrantTimes.js';
import { Schedule1795604103551 } from './1795604103551-Schedule.js';
import { Conduct1795605551956 } from './1795605551956-Conduct.js';
import { Held1795608553493 } from './1795608553493-Held.js';

/** Every migration, oldest first. */
export const migrations = [
  Start1795405194942,
  OpenAnswer1795573000001,
  Outbox1795573554694,
  Owners1795574273348,
  Invites1795574251265,
  EndsAndHomes1795573617324,
  Retention1795594433022,
  Directory1795596532179,
  HandsOff1795598395379,
  GrantTimes1795600268839,
  Schedule1795604103551,
  Conduct1795605551956,
  Held1795608553493,
];
