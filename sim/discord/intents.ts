/** Intents by their bits, and of the privileged ones the flags of an application for which they are switched on. */
const BITS = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildPresences: 1 << 8,
  messageContent: 1 << 15,
};
const PRIVILEGED = {
  guildMembers: (1 << 14) | (1 << 15),
  guildPresences: (1 << 12) | (1 << 13),
  messageContent: (1 << 18) | (1 << 19),
} as const;
/** Discord knows no higher ones. */
const KNOWN = (1 << 26) - 1;

type Privileged = keyof typeof PRIVILEGED;

/** Which intents there are, and which a bot may have. */
export const intents = {
  bits: BITS,

  isOn: ({ flags }: { flags: number }, intent: Privileged): boolean =>
    (flags & PRIVILEGED[intent]) !== 0,

  /** The code that closes a connection which asks for these: 4013 there is no such, 4014 not switched on. */
  refusal(wanted: unknown, application: { flags: number }): 4013 | 4014 | null {
    if (!Number.isInteger(wanted) || (wanted as number) < 0 || (wanted as number) > KNOWN)
      return 4013;
    const isOff = (intent: Privileged) =>
      ((wanted as number) & BITS[intent]) !== 0 && !intents.isOn(application, intent);
    return (Object.keys(PRIVILEGED) as Privileged[]).some(isOff) ? 4014 : null;
  },
} as const;
