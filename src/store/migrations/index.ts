import { Start1795404658927 } from './1795404658927-Start.js';

/** Every migration, oldest first. */
export const migrations = [Start1795404658927];
