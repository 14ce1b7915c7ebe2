/** What people can be looked for by. Somebody may be in several of these, and is in `everybody` unless gone. */
export const PEOPLE_STATES = [
  'everybody',
  'active',
  'scheduled',
  'ending',
  'pending',
  'drifted',
  'without',
  'gone',
] as const;

export type PeopleState = (typeof PEOPLE_STATES)[number];

/** Each in words for a menu. */
export const stateNames: Readonly<Record<PeopleState, string>> = {
  everybody: 'Everybody',
  active: 'Has something now',
  scheduled: 'Begins later',
  ending: 'Ends within 7 days',
  pending: 'Invited, not accepted yet',
  drifted: 'Otherwise in Plex',
  without: 'Nothing given',
  gone: 'Gone',
};
