import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FleetClient } from '@fleet/client';
import { freePort, isReady, kill, startService, until } from './process.js';
import { Redis } from './redis.js';

/** An API, a worker and two notifiers, each a process of its own, on a Redis. */
export class Fleet {
  #processes = [];
  #folder;
  #gates = 0;

  static async start() {
    const fleet = new Fleet();
    fleet.redis = await Redis.start();
    fleet.#folder = await mkdtemp(join(tmpdir(), 'fleet-client-'));
    fleet.api = await fleet.#start('api');
    fleet.notifiers = [await fleet.#start('notifier'), await fleet.#start('notifier')];
    await fleet.#start('worker', '--Fleet:Worker:Process:Enabled=true', '--Fleet:Worker:Queues=default', '--Fleet:Worker:Name=first');
    // Of what runs in this queue, few log events are kept.
    await fleet.#start('worker', '--Fleet:Worker:Process:Enabled=true', '--Fleet:Worker:Queues=short', '--Fleet:Worker:Name=second', '--Fleet:Limits:LogEvents=100');
    await fleet.ready();
    const client = fleet.client();
    await until(async () => (await client.jobs.list()).some((job) => job.name === 'process'), 'the jobs are announced');
    return fleet;
  }

  /** A client of the API and of the first notifier. */
  client(options = {}) {
    return new FleetClient({ url: this.api.url, liveUrl: this.notifiers[0].url, reconnectDelay: 20, maxReconnectDelay: 200, ...options });
  }

  /** What to give the job `process` to run a script, which may wait at a gate: \`gate\` in it. */
  gated(script) {
    const file = join(this.#folder, `gate-${++this.#gates}`);
    const wait = `while [ ! -e ${file} ]; do sleep 0.05; done`;
    return { input: { file: 'sh', args: ['-c', script.replaceAll('gate', wait)] }, open: () => writeFile(file, '') };
  }

  async restartNotifier(index) {
    const { port } = this.notifiers[index];
    this.notifiers[index] = await this.#start('notifier', `--urls=http://127.0.0.1:${port}`);
    await until(() => isReady(this.notifiers[index].url), 'the notifier is ready again');
  }

  async stop() {
    await Promise.all(this.#processes.map(({ process }) => kill(process)));
    await this.redis.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Returns once every service serves. */
  async ready() {
    await until(async () => (await Promise.all(this.#processes.map(({ url }) => isReady(url)))).every(Boolean), 'all services are ready');
  }

  async #start(name, ...args) {
    const given = args.find((argument) => argument.startsWith('--urls='));
    const port = given ? Number(new URL(given.slice(7)).port) : await freePort();
    const url = `http://127.0.0.1:${port}`;
    const service = { url, port, process: startService(name, [`--urls=${url}`, `--Fleet:Redis=${this.redis.address}`, ...args]) };
    this.#processes.push(service);
    return service;
  }
}

/** Everything in one process, as \`./fleet up\` starts it. */
export async function startStandalone() {
  const data = await mkdtemp(join(tmpdir(), 'fleet-client-data-'));
  const process = startService('standalone', ['--port', '0', '--data', data]);
  await until(() => process.told.includes('Fleet is ready at '), `Fleet is ready: ${process.told}`);
  const url = /Fleet is ready at (\S+)/.exec(process.told)[1];
  return {
    url,
    async stop() {
      process.kill('SIGTERM');
      await process.ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** The states that a client's connection goes through. */
export function statesOf(client) {
  const seen = [];
  client.connection.subscribe((state) => seen.push(state));
  return seen;
}

/** Returns once a client's connection is in a state. */
export function reached(client, state) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`It was never ${state}, but ${client.connection.state}: ${client.connection.error}`)), 60_000);
    const end = client.connection.subscribe((now) => {
      if (now !== state) return;
      clearTimeout(timer);
      resolve();
      queueMicrotask(() => end());
    });
  });
}
