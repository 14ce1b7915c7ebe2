/** Ends with 0 when Usher on this machine can do its work, else with 1; within 4 s. For a container's HEALTHCHECK. */
const port = process.env.HEALTH_PORT || '8080';
const signal = AbortSignal.timeout(4_000);
const isReady = await fetch(`http://127.0.0.1:${port}/readyz`, { signal }).then(
  (response) => response.ok,
  () => false,
);
process.exit(isReady ? 0 : 1);
