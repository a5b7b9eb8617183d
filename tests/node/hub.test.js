// Watches runs as a browser does, with Microsoft's client over each of its transports, negotiation included.
//
// FLEET_URL   where the notifier is
// FLEET_RUN   a run that waits in its queue, and that somebody lets succeed once six watches of it stand

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const patience = { timeout: 60_000 };
const url = required('FLEET_URL');
const run = required('FLEET_RUN');

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name}: the head of this file says what it is.`);
  return value;
}

/** A connected client, closed by the test's end. */
async function connect(context, transport = HttpTransportType.WebSockets) {
  const client = new HubConnectionBuilder()
    .withUrl(new URL('hubs/runs', url).href, { transport })
    .configureLogging(LogLevel.Critical)
    .build();
  await client.start();
  context.after(() => client.stop());
  return client;
}

/** Watches the run to its end: the events that came with the answer, then those that were sent. */
async function watchToTheEnd(client, ...args) {
  const events = [];
  const end = new Promise((resolve) => {
    client.on('RunEvent', (id, event) => {
      assert.equal(id, run);
      events.push(event);
      if (event.type === 'succeeded') resolve();
    });
  });
  const snapshot = await client.invoke('WatchRun', ...args);
  assert.equal(snapshot.gap, false);
  assert.equal(snapshot.run.id, run);
  await end;
  return [...snapshot.events, ...events];
}

const transports = [
  ['WebSockets', HttpTransportType.WebSockets],
  ['server-sent events', HttpTransportType.ServerSentEvents],
  ['long polling', HttpTransportType.LongPolling],
];

// One after another would need a run each: all watch the same one at the same time.
test('a run is watched from queued to succeeded, over every transport and however the call is written', patience, async (context) => {
  const watches = transports.flatMap(([name, transport]) => [
    [`${name}, WatchRun(id)`, transport, [run], 1],
    [`${name}, WatchRun(id, 1)`, transport, [run, 1], 2],
  ]);
  await Promise.all(watches.map(async ([name, transport, args, first]) => {
    const events = await watchToTheEnd(await connect(context, transport), ...args);
    assert.deepEqual(events.map((event) => event.seq), Array.from({ length: events.length }, (_, index) => first + index), name);
    const last = events.at(-1);
    assert.equal(last.type, 'succeeded', name);
    assert.deepEqual(last.data.output, { ok: true }, name);
    assert.match(last.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, name);
    assert.equal(events.filter((event) => event.type === 'log').length, 50, name);
  }));
});

test('the feed is watched with a filter and without', patience, async (context) => {
  const client = await connect(context);
  for (const args of [[], [null], [{}], [{ job: 'test.job' }], [{ state: ['queued', 'running', 'succeeded'] }]]) {
    const { counts, runs } = await client.invoke('WatchFeed', ...args);
    assert.equal(typeof counts.queued, 'number');
    assert.equal(runs[0].id, run);
    await client.invoke('UnwatchFeed');
  }
  assert.deepEqual((await client.invoke('WatchFeed', { job: 'other.job' })).runs, []);
});

test('the workers are watched', patience, async (context) => {
  assert.ok(Array.isArray(await (await connect(context)).invoke('WatchWorkers')));
});

test('a bad call is refused in words', patience, async (context) => {
  const client = await connect(context);
  await assert.rejects(client.invoke('WatchRun', 'x'), /'x' is not a run id: a run id is 26 characters/);
  await assert.rejects(client.invoke('WatchRun', run, -1), /afterSeq must be a whole number of at least 0/);
  await assert.rejects(client.invoke('WatchRun'), /WatchRun\(runId: string, afterSeq\?: number\)/);
  await assert.rejects(client.invoke('WatchFeed', { jobb: 'x' }), /jobb is not a field of the filter\. Did you mean 'job'\?/);
});
