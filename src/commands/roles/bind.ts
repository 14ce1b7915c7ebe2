import { choice, role } from '../command.js';
import { defineCommand } from '../define.js';

export const rolesShow = defineCommand({
  name: 'roles show',
  description: 'Show which roles may do what with Usher',
  allow: 'auditor',
  private: true,
  options: {},
  run: ({ access }) => access.showRoles(),
});

export const rolesBind = defineCommand({
  name: 'roles bind',
  description: 'Let a role give a power',
  allow: 'admin',
  private: true,
  options: {
    role: role('Choose the role'),
    power: choice('Choose what it may do', {
      admin: 'Admin: everything',
      moderator: 'Moderator: give and take access',
      auditor: 'Auditor: look at everything',
    }),
  },
  run: ({ values, access }) => access.bindRole(values),
});

export const rolesUnbind = defineCommand({
  name: 'roles unbind',
  description: 'Take its power from a role',
  allow: 'admin',
  private: true,
  options: { role: role('Choose the role') },
  run: ({ values, access }) => access.unbindRole(values.role),
});
