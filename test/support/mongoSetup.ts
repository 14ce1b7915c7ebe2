import type { TestProject } from 'vitest/node';
import { mongoForTests, NO_MONGO } from './mongo.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A MongoDB in which the bots of all stories keep their alarms; not there in `npm test`. */
    readonly mongoUrl?: string;
  }
}

/** One MongoDB for a run of all stories on it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mongo = await mongoForTests();
  if (mongo === null) throw new Error(NO_MONGO);
  project.provide('mongoUrl', mongo.url);
  return () => mongo.stop();
}
