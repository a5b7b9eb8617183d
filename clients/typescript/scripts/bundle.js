// Bundles the package with what it depends on: one file for a plain script tag, and one for an import without a bundler.

import { build } from 'esbuild';

const common = {
  entryPoints: ['src/index.ts'],
  absWorkingDir: new URL('..', import.meta.url).pathname,
  bundle: true,
  minify: true,
  sourcemap: true,
  platform: 'browser',
  target: 'es2022',
  // What SignalR's client asks for in Node.js alone.
  external: ['ws', 'eventsource', 'node-fetch', 'fetch-cookie', 'tough-cookie', 'abort-controller'],
  logLevel: 'warning',
};

await Promise.all([
  build({ ...common, format: 'iife', globalName: 'Fleet', outfile: 'dist/fleet-client.global.js' }),
  build({ ...common, format: 'esm', outfile: 'dist/fleet-client.js' }),
]);
