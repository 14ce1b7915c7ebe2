import { defineCommand, server } from '../define.js';

export const libraryList = defineCommand({
  name: 'library list',
  description: 'List the libraries, who has them, and which are defaults',
  allow: 'auditor',
  private: true,
  options: { server: server('Choose a server; empty means all servers') },
  run: ({ values, access }) => access.listLibraries(values.server),
});
