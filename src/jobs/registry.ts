import { edge } from './edge.js';

/** Every job, alphabetical. */
export const jobs = [edge];
