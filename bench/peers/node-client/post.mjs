// Posts runs at a rate and watches each to its end: how long from the call until queued, started and succeeded were seen.
// One JSON document on standard output: { runs, seconds, unfinished, duplicates, outOfOrder, errors, p50, p99, max } in ms.
//
// node post.mjs API HUBS RATE SECONDS        HUBS: notifiers, separated by commas

import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const [api, hubs, rate, seconds] = process.argv.slice(2);
const expected = ['queued', 'started', 'succeeded'];
const connections = 40;
const patience = 10_000;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const body = JSON.stringify({ job: 'noop', input: {} });
const watched = new Map();
const took = [];
let duplicates = 0;
let outOfOrder = 0;
let errors = 0;

/** Takes an event of a run down. */
function see(id, event) {
  const run = watched.get(id);
  if (!run) return;
  // The answer to WatchRun and the first events may arrive in one frame, and then the events are handed on before the answer is.
  if (run.early) {
    run.early.push(event);
    return;
  }
  if (event.seq <= run.seq) {
    duplicates++;
    return;
  }
  if (event.seq !== run.seq + 1) outOfOrder++;
  run.seq = event.seq;
  run.seen.add(event.type);
  if (event.type !== 'succeeded') return;
  if (expected.every((type) => run.seen.has(type))) took.push(performance.now() - run.since);
  else errors++;
  watched.delete(id);
  run.done();
}

async function connect(url) {
  const client = new HubConnectionBuilder()
    .withUrl(`${url}/hubs/runs`, { transport: HttpTransportType.WebSockets, skipNegotiation: true })
    .configureLogging(LogLevel.Critical)
    .build();
  client.on('RunEvent', see);
  client.on('RunEvents', (id, events) => events.forEach((event) => see(id, event)));
  client.on('Resync', () => errors++);
  await client.start();
  return client;
}

/** Posts a run; its id. */
function post() {
  return new Promise((resolve, reject) => {
    const call = request(`${api}/v1/runs`, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': body.length } });
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data) => (text += data));
      response.on('end', () => (response.statusCode === 201 ? resolve(JSON.parse(text).id) : reject(new Error(`${response.statusCode}: ${text}`))));
    });
    call.end(body);
  });
}

/** One run, from the call to its end. */
async function follow(client) {
  const since = performance.now();
  const id = await post();
  const end = new Promise((resolve) => watched.set(id, { since, seq: 0, seen: new Set(), early: [], done: resolve }));
  const { events } = await client.invoke('WatchRun', id, 0);
  const run = watched.get(id);
  const known = events.concat(run.early);
  run.early = null;
  known.forEach((event) => see(id, event));
  await end;
  await client.send('UnwatchRun', id);
}

const clients = await Promise.all(Array.from({ length: connections }, (_, i) => connect(hubs.split(',')[i % hubs.split(',').length])));
const total = Math.round(rate * seconds);
const begun = performance.now();
const running = new Set();
for (let started = 0; started < total; ) {
  const due = Math.min(Math.floor(((performance.now() - begun) / 1000) * rate) + 1, total);
  for (; started < due; started++) {
    const run = follow(clients[started % clients.length]).catch((error) => {
      errors++;
      if (errors < 5) console.error(`  ${error.message}`);
    });
    running.add(run);
    run.finally(() => running.delete(run));
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}

let late;
await Promise.race([Promise.all(running), new Promise((resolve) => (late = setTimeout(resolve, patience)))]);
clearTimeout(late);
const duration = (performance.now() - begun) / 1000;
took.sort((a, b) => a - b);
const at = (share) => took[Math.max(Math.ceil(took.length * share) - 1, 0)] ?? 0;
console.log(JSON.stringify({
  runs: took.length, seconds: duration, unfinished: watched.size, duplicates, outOfOrder, errors, p50: at(0.5), p99: at(0.99), max: at(1),
}));
await Promise.all(clients.map((client) => client.stop()));
agent.destroy();
