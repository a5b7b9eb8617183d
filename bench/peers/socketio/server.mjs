// A Socket.IO server that does nothing but publish to a room, with the Redis adapter: Fleet.Bench's GroupHub on Node.
//
// node server.mjs PORT REDIS

import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const [port, redis] = process.argv.slice(2);

const publisher = createClient({ url: `redis://${redis}` });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const http = createServer((request, response) => {
  response.writeHead(request.url === '/livez' ? 200 : 404).end();
});

// Compression and polling are off, as they are on the other side.
const io = new Server(http, { adapter: createAdapter(publisher, subscriber), transports: ['websocket'], perMessageDeflate: false });

io.on('connection', (socket) => {
  socket.on('Join', async (answer) => {
    await socket.join('all');
    answer();
  });
  socket.on('Publish', (message) => io.to('all').emit('Message', message));
});

http.listen(Number(port), '127.0.0.1', 1024);
