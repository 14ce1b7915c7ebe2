/** It was asked to end, and has finished what it had begun. */
export const EXIT_DONE = 0;
/** Something broke; the next start may go better. */
export const EXIT_BROKEN = 1;
/** It wants to be started again at once (EX_TEMPFAIL of sysexits.h). */
export const EXIT_RESTART = 75;
/** The configuration or the database cannot be used; starting again does not help (EX_CONFIG of sysexits.h). */
export const EXIT_CONFIG = 78;
