import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, kill, start, until } from './process.js';

/** A redis-server that forgets nothing when it is killed. */
export class Redis {
  #data;
  #process;

  static async start() {
    const redis = new Redis();
    redis.#data = await mkdtemp(join(tmpdir(), 'fleet-client-redis-'));
    redis.port = await freePort();
    redis.address = `127.0.0.1:${redis.port}`;
    await redis.restart();
    return redis;
  }

  async restart() {
    this.#process = start('redis-server', [
      '--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.#data, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '',
    ]);
    await until(() => this.#answers(), `redis-server answers: ${this.#process.told}`);
  }

  kill() {
    return kill(this.#process);
  }

  async stop() {
    await this.kill();
    await rm(this.#data, { recursive: true, force: true });
  }

  #answers() {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'));
      socket.once('data', (data) => {
        socket.destroy();
        resolve(`${data}`.startsWith('+PONG'));
      });
      socket.once('error', () => resolve(false));
    });
  }
}
