/**
 * Faults built into the bot on purpose, to see that the checks notice them. Each is a list of patches to the
 * compiled program: the text must occur exactly once in the file. `src/` itself has no switch for any of this.
 */
export const breaks = {};
