/** Floors: imports point down, never up, never sideways between folders. Types of config and log may go anywhere. */
const above = {
  core: 'store|plex|pictures|access|host|commands|jobs|console|discord',
  store: 'plex|pictures|access|host|commands|jobs|console|discord',
  plex: 'store|pictures|access|host|commands|jobs|console|discord',
  pictures: 'store|plex|access|host|commands|jobs|console|discord',
  access: 'host|commands|jobs|console|discord',
  host: 'access|commands|jobs|console|discord',
  commands: 'store|plex|pictures|jobs|console|discord',
  jobs: 'store|plex|pictures|commands|console|discord',
  console: 'store|plex|pictures|commands|jobs|discord',
  discord: 'store|plex|pictures|jobs|console',
};
const floors = Object.entries(above).map(([folder, forbidden]) => ({
  name: `floor-${folder}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^src/(${forbidden})/` },
}));
const only = (name, modules, folders) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: folders },
  to: { path: `node_modules/(${modules})(/|$)` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...floors,
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['npm', 'core'] },
    },
    {
      name: 'config-and-log-are-passed-in',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|backup|restore|config|log)\\.ts$' },
      to: { path: '^src/(config|log)\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: {},
      to: { path: '^src/(main|start|backup|restore)\\.ts$' },
    },
    {
      name: 'sim-knows-nothing-of-src',
      severity: 'error',
      from: { path: '^sim/' },
      to: { path: '^(src|test|bench)/' },
    },
    {
      name: 'src-knows-nothing-of-sim',
      severity: 'error',
      from: { path: '^(src/|ormconfig)' },
      to: { path: '^(sim|test|bench)/' },
    },
    only(
      'only-store-knows-typeorm',
      'typeorm|pg|pg-copy-streams',
      '^src/(store/|jobs/scheduler|main)',
    ),
    only('only-scheduler-knows-agenda', 'agenda|@agendajs|mongodb', '^src/jobs/scheduler'),
    only(
      'only-discord-knows-discord.js',
      'discord\\.js|@discordjs|discord-api-types',
      '^src/discord/',
    ),
    only('only-metrics-knows-prom-client', 'prom-client', '^src/console/metrics'),
    only('only-pictures-draw', 'chart\\.js|@napi-rs|@fontsource', '^src/pictures/'),
    only('only-plex-knows-xml', 'saxes', '^src/plex/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  },
};
