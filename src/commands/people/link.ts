import { member } from '../command.js';
import { defineCommand, person } from '../define.js';

export const peopleLink = defineCommand({
  name: 'people link',
  description: 'Say which person in Plex a Discord member is',
  allow: 'moderator',
  private: true,
  options: {
    member: member('Choose the Discord member'),
    person: person('Choose the person in Plex'),
  },
  run: ({ values, access }) => access.link(values),
});

export const peopleUnlink = defineCommand({
  name: 'people unlink',
  description: 'Take the link of a Discord member away; access stays',
  allow: 'moderator',
  private: true,
  options: { member: member('Choose the Discord member') },
  run: ({ values, access }) => access.unlink(values.member),
});
