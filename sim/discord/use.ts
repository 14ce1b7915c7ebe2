import { z } from 'zod';
import type { Json, Message } from './hub.js';

const file = z.strictObject({ filename: z.string(), base64: z.string() });

/** The body of `POST /_sim/interactions`. */
export const useSchema = z.strictObject({
  kind: z.enum(['command', 'autocomplete', 'user', 'button', 'select', 'modal']),
  guild: z.string().nullish(),
  channel: z.string().nullish(),
  user: z.string(),
  name: z.string().optional(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  focused: z.string().optional(),
  target: z.string().optional(),
  message: z.string().optional(),
  customId: z.string().optional(),
  values: z.array(z.string()).default([]),
  fields: z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string())])).default({}),
  files: z.record(z.string(), z.union([file, z.array(file)])).default({}),
  locale: z.string().default('en-US'),
  waitMs: z.number().min(0).default(5_000),
});

export type Use = z.infer<typeof useSchema>;
export type GivenFile = z.infer<typeof file>;

/** One use of a command or component, from its dispatch to whatever became of it. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly use: Use;
  readonly at: number;
  /** The message whose component was used, or from which the modal was opened. */
  readonly source: Message | null;
  /** Type of the option that is typed at. */
  readonly typedAt: number;
  firstAnswerMs: number | null;
  lastAt: number;
  answer: { type: number; ephemeral: boolean } | null;
  message: Message | null;
  edits: number;
  readonly followups: Message[];
  choices: unknown[] | null;
  modal: Json | null;
  error: { code: number } | null;
}

/** Discord's client would not let that person do this. */
export class NotAllowed extends Error {}

/** Discord's number for each kind of use. */
export const KIND = {
  command: 2,
  user: 2,
  autocomplete: 4,
  button: 3,
  select: 3,
  modal: 5,
} as const;
