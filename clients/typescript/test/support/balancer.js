import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A load balancer for TCP: each connection goes to the first server that takes it. */
export class Balancer {
  #sockets = new Set();
  #server;

  /** How many connections it has passed on. */
  served = 0;

  static async start(ports, port = 0) {
    const balancer = new Balancer();
    balancer.#server = createServer((client) => balancer.#serve(client, ports)).listen(port, '127.0.0.1');
    await once(balancer.#server, 'listening');
    balancer.url = `http://127.0.0.1:${balancer.#server.address().port}`;
    return balancer;
  }

  /** Cuts all connections there are; new ones are taken. */
  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop() {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #serve(client, [port, ...others]) {
    if (port === undefined) return client.destroy();
    const server = connect(port, '127.0.0.1');
    this.#track(client, server);
    server.once('connect', () => {
      this.served++;
      server.off('error', next);
      server.on('error', () => client.destroy());
      client.on('error', () => server.destroy());
      client.pipe(server).pipe(client);
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroy());
    });
    server.once('error', next);
    const serve = () => this.#serve(client, others);

    function next() {
      serve();
    }
  }

  #track(...sockets) {
    for (const socket of sockets) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
  }
}
