# Debian with glibc, because the embedded PostgreSQL has no build for musl. Bookworm outlives Node 24.
FROM node:24-bookworm-slim AS build
WORKDIR /usher
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ormconfig.ts ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Usher" \
      org.opencontainers.image.description="A Discord bot that gives and takes away Plex library access" \
      org.opencontainers.image.licenses="MIT"
# PostgreSQL and every restart leave child processes behind: tini reaps them and passes signals on.
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
WORKDIR /usher
ENV NODE_ENV=production DATA_DIR=/data HEALTH_PORT=8080
COPY package.json package-lock.json ./
# Never --omit=optional: the embedded PostgreSQL is an optional dependency.
RUN npm ci --omit=dev && npm cache clean --force
COPY scripts ./scripts
COPY --from=build /usher/dist ./dist
# Links PostgreSQL's libraries while that can still be written, and fails the build where it could not run.
RUN node -e "import('./dist/src/store/binaries.js').then(async (m) => console.log(require('child_process').execFileSync((await m.findBinaries()).initdb, ['--version'], { encoding: 'utf8' })))"
# For whichever user it is run as.
RUN mkdir -m 1777 /data
USER node
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "scripts/healthcheck.js"]
ENTRYPOINT ["tini", "--"]
# Without the supervisor of `npm start`: the restart policy of the container is one.
CMD ["node", "dist/src/main.js"]
