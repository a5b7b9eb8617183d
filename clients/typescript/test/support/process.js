// Programs that a test starts, and that end with it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../..', import.meta.url));

const configuration = process.env.FLEET_CONFIGURATION ?? 'Release';

/** Starts a program. What it writes is kept for the message of a test that fails. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  child.told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (child.told = (child.told + data).slice(-10_000)));
  child.ended = once(child, 'exit');
  // Whatever ends the tests ends what they started.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.ended.then(() => process.off('exit', end));
  return child;
}

/** Starts one of Fleet's services: `api`, `worker`, `notifier` or `standalone`. */
export function startService(name, args) {
  const assembly = `Fleet.${name[0].toUpperCase()}${name.slice(1)}.dll`;
  return start('dotnet', [`${root}/services/${name}/bin/${configuration}/net10.0/${assembly}`, ...args]);
}

/** Ends a program as a crash does. */
export async function kill(child) {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await child.ended;
}

/** A loopback port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Returns once a condition holds of what is not told by itself, such as another process's doing. */
export async function until(condition, what, patience = 60_000) {
  const end = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`It never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Whether a service is ready. */
export async function isReady(url) {
  try {
    return (await fetch(new URL('/readyz', url))).ok;
  } catch {
    return false;
  }
}
