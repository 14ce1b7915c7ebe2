import { Start1795405194942 } from './1795405194942-Start.js';

/** Every migration, oldest first. */
export const migrations = [Start1795405194942];
