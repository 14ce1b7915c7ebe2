import { defineCommand } from './define.js';
import { browse } from './people/list.js';
import { firstPage } from './people/view.js';

export const dashboard = defineCommand({
  name: 'dashboard',
  description: 'See how everything stands, and everybody with what they have',
  allow: 'auditor',
  private: true,
  options: {},
  run: ({ access }) => browse(access, firstPage('dashboard')),
});
