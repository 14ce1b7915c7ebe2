import { member, optional } from '../command.js';
import { defineCommand } from '../define.js';

export const rolesWho = defineCommand({
  name: 'roles who',
  description: 'See what a member may do here, and by which roles',
  allow: 'auditor',
  private: true,
  options: { member: optional(member('Choose the member; empty means yourself')) },
  run: ({ values, access }) => access.whoIs(values.member),
});
