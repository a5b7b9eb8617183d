// What a watcher can rely on: every event once and in order, whatever happens to notifiers, connections and Redis.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FleetClient, FleetError } from '@fleet/client';
import { Balancer } from './support/balancer.js';
import { Fleet, reached, statesOf } from './support/fleet.js';
import { freePort, kill, until } from './support/process.js';

const patience = { timeout: 120_000 };

let fleet;
before(async () => (fleet = await Fleet.start()), { timeout: 120_000 });
after(() => fleet?.stop());

/** A client that is closed by the test's end. */
function client(context, options) {
  const made = fleet.client(options);
  context.after(() => made.close());
  return made;
}

/** A run that logs "before" and then waits at a gate. */
async function gatedRun(made, then = 'echo after') {
  const { input, open } = fleet.gated(`echo before; gate; ${then}`);
  return { run: await made.runs.create({ job: 'process', input }), open };
}

async function collect(watch) {
  const events = [];
  for await (const event of watch) events.push(event);
  return events;
}

function assertWhole(events) {
  assert.deepEqual(events.map((event) => event.seq), events.map((_, index) => index + 1));
  assert.equal(events.at(-1).type, 'succeeded');
}

test('a run is watched from queued to succeeded, and its snapshot is there', patience, async (context) => {
  const made = client(context);
  const states = statesOf(made);
  const { input, open } = fleet.gated('gate; echo hello');
  const run = await made.runs.create({ job: 'process', input });
  const watch = made.watchRun(run.id.toLowerCase());

  assert.equal((await watch.snapshot).id, run.id);
  // A run that is over sooner ends the watch before it is live.
  await reached(made, 'live');
  open();
  const events = await collect(watch);

  assertWhole(events);
  assert.equal(events.find((event) => event.type === 'log').data.line, 'hello');
  assert.equal(events.at(-1).data.output.exitCode, 0);
  assert.deepEqual(states.slice(0, 4), ['offline', 'connecting', 'catching-up', 'live']);
  await reached(made, 'offline');
  assert.deepEqual((await made.runs.events(run.id)).items, events);
  assert.deepEqual(await collect(made.watchRun(run.id, { after: events.length })), []);
  assert.deepEqual((await collect(made.watchRun(run.id, { after: 2 }))).map(({ seq }) => seq), events.slice(2).map(({ seq }) => seq));
});

for (const [how, addresses] of [
  ['behind a load balancer', async (context) => {
    const balancer = await Balancer.start(fleet.notifiers.map(({ port }) => port));
    context.after(() => balancer.stop());
    return balancer.url;
  }],
  ['from a list of addresses', async () => fleet.notifiers.map(({ url }) => url)],
]) {
  test(`a notifier is killed, and the watch goes on with another one ${how}`, patience, async (context) => {
    const liveUrl = await addresses(context);
    // Whichever of the two it is connected to is killed: both are, one after the other.
    const made = client(context, { liveUrl });
    const states = statesOf(made);
    const { run, open } = await gatedRun(made);
    const events = [];
    const over = new Promise((resolve, reject) => {
      const stop = made.watchRun(run.id, {
        onEvent: (event) => {
          events.push(event);
          if (event.type === 'succeeded') resolve(stop());
        },
        onGap: reject,
        onError: reject,
      });
    });
    await until(() => events.some((event) => event.type === 'log'), 'the first line is shown');

    for (const index of [0, 1]) {
      await kill(fleet.notifiers[index].process);
      await fleet.restartNotifier(index);
      await until(() => made.connection.state === 'live', 'it is live');
    }

    open();
    await over;
    assertWhole(events);
    assert.ok(states.lastIndexOf('offline') > states.indexOf('live'));
    assert.deepEqual([...new Set(states)].sort(), ['catching-up', 'connecting', 'live', 'offline']);
  });
}

test('Redis restarts, and nothing is missed or shown twice', patience, async (context) => {
  const made = client(context);
  const { run, open } = await gatedRun(made);
  const watched = collect(made.watchRun(run.id, { onGap: () => assert.fail('There is no gap.') }));
  await reached(made, 'live');
  await until(async () => (await made.runs.get(run.id)).state === 'running', 'it runs');

  await fleet.redis.kill();
  await fleet.redis.restart();
  open();

  assertWhole(await watched);
  // The notifier may be back before the API, which the tests after this one ask.
  await fleet.ready();
});

test('a burst of 10,000 lines is shown whole, over connections that are cut meanwhile', patience, async (context) => {
  const balancer = await Balancer.start([fleet.notifiers[0].port]);
  context.after(() => balancer.stop());
  const made = client(context, { liveUrl: balancer.url });
  const { run, open } = await gatedRun(made, 'seq 10000');
  const events = [];
  const watching = (async () => {
    for await (const event of made.watchRun(run.id, { onGap: () => assert.fail('There is no gap.') })) {
      events.push(event);
      if (event.data?.line === '2000' || event.data?.line === '6000') balancer.cut();
    }
  })();
  await reached(made, 'live');
  open();
  await watching;

  assertWhole(events);
  assert.deepEqual(events.flatMap(({ type, data }) => (type === 'log' ? [data.line] : [])), ['before', ...Array.from({ length: 10_000 }, (_, index) => `${index + 1}`)]);
  assert.ok(balancer.served >= 2, `It connected ${balancer.served} times.`);
});

test('a loop that pauses leaves to the server what it has no room for, and misses nothing', patience, async (context) => {
  const made = client(context);
  const { run, open } = await gatedRun(made, 'seq 12000');
  const watch = made.watchRun(run.id, { onGap: () => assert.fail('There is no gap.') });
  const events = [(await watch[Symbol.asyncIterator]().next()).value];
  await reached(made, 'live');
  open();
  await made.runs.wait(run.id);
  // Nothing is watched: what waits for the loop is enough for now.
  await reached(made, 'offline');

  for await (const event of watch) events.push(event);
  assertWhole(events);
});

test('events that are no longer kept are told of as a gap', patience, async (context) => {
  const made = client(context);
  const run = await made.runs.create({ job: 'process', queue: 'short', input: { file: 'seq', args: ['2000'] } });
  const final = await made.runs.wait(run.id);

  const seen = [];
  let last = 0;
  const gaps = [];
  for await (const event of made.watchRun(run.id, {
    onGap: (gap) => {
      assert.equal(gap.after, last);
      gaps.push(gap);
      last = gap.before - 1;
    },
  })) {
    assert.equal(event.seq, ++last);
    seen.push(event);
  }

  assert.equal(last, final.seq);
  assert.ok(gaps.length > 0);
  assert.ok(seen.length < final.seq);
  assert.equal(seen.at(-1).type, 'succeeded');
});

test('nobody listens yet: it is offline, tries on, and becomes live', patience, async (context) => {
  const port = await freePort();
  const made = client(context, { liveUrl: `http://127.0.0.1:${port}` });
  const run = await made.runs.create({ job: 'noop' });
  const watched = collect(made.watchRun(run.id));
  await reached(made, 'connecting');
  await reached(made, 'offline');
  await until(() => made.connection.error, 'it says why');

  const balancer = await Balancer.start([fleet.notifiers[0].port], port);
  context.after(() => balancer.stop());

  assertWhole(await watched);
});

test('two watch the same run, from different events, and one of them stops', patience, async (context) => {
  const made = client(context);
  const { run, open } = await gatedRun(made);
  const first = [];
  const stopFirst = made.watchRun(run.id, { onEvent: ({ seq }) => first.push(seq) });
  await until(() => first.length >= 3, 'the first is shown what there is');
  const second = collect(made.watchRun(run.id, { after: 1 }));
  await reached(made, 'live');
  stopFirst();
  const before = [...first];
  open();

  const seqs = (await second).map(({ seq }) => seq);
  assert.deepEqual(seqs, seqs.map((_, index) => index + 2));
  assert.deepEqual(first, before);
  assert.deepEqual(first, first.map((_, index) => index + 1));
});

test('a final run that is retried is followed on by handlers, and by a loop that asks for it', patience, async (context) => {
  const made = client(context);
  const run = await made.runs.create({ job: 'noop' });
  await made.runs.wait(run.id);
  const ends = [];
  for await (const event of made.watchRun(run.id, { follow: true })) {
    if (event.type !== 'succeeded') continue;
    ends.push(event.seq);
    if (ends.length === 2) break;
    await made.runs.retry(run.id);
  }

  assert.ok(ends[1] > ends[0]);
  // Without that, a loop ends with the newest end and not with an earlier one.
  assert.equal((await collect(made.watchRun(run.id))).at(-1).seq, ends[1]);
});

test('a run that is deleted while it is watched ends the watch with an error', patience, async (context) => {
  const made = client(context);
  const run = await made.runs.create({ job: 'noop' });
  await made.runs.wait(run.id);
  const error = new Promise((resolve) => made.watchRun(run.id, { onEvent: () => {}, onError: resolve }));
  await reached(made, 'live');
  await made.runs.delete(run.id);

  assert.equal((await error).slug, 'unknown-run');
  await reached(made, 'offline');
});

test('a bad call is refused in the words of the contract', patience, async (context) => {
  const made = client(context);
  await assert.rejects(collect(made.watchRun('x')), (error) => {
    assert.ok(error instanceof FleetError);
    assert.deepEqual([error.status, error.slug], [404, 'unknown-run']);
    assert.match(error.detail, /^'x' is not a run id: a run id is 26 characters/);
    return true;
  });
  await assert.rejects(made.watchRun('01M89Q7X5E005F9XF1Q50KMDQ3').snapshot, /There is no run 01M89Q7X5E005F9XF1Q50KMDQ3/);

  const refused = await new Promise((resolve) => made.watchFeed({ jobb: 'x' }, { onSnapshot: assert.fail, onError: resolve }));
  assert.equal(refused.slug, 'invalid-input');
  assert.match(refused.detail, /jobb is not a field of the filter\. Did you mean 'job'\?/);
  await reached(made, 'offline');
});

test('a signal ends a loop, a watch with handlers, and one that has not begun', patience, async (context) => {
  const made = client(context);
  const { run, open } = await gatedRun(made);
  const reason = new Error('enough');
  const abort = new AbortController();
  const loop = collect(made.watchRun(run.id, { signal: abort.signal }));
  const shown = [];
  made.watchRun(run.id, { signal: abort.signal, onEvent: (event) => shown.push(event) });
  await until(() => shown.length >= 3, 'something is shown');

  abort.abort(reason);

  await assert.rejects(loop, reason);
  await assert.rejects(collect(made.watchRun(run.id, { signal: abort.signal })), reason);
  await assert.rejects(made.watchRun(run.id, { signal: abort.signal }).snapshot, reason);
  made.watchRun(run.id, { signal: abort.signal, onEvent: assert.fail });
  await reached(made, 'offline');
  open();
});

test('leaving a loop ends the watch on the server, and nothing else', patience, async (context) => {
  const made = client(context);
  const { run, open } = await gatedRun(made);
  const watches = async () => {
    const metrics = await (await fetch(new URL('/metrics', fleet.notifiers[0].url))).text();
    return Number(/^fleet_live_watches\{of="run"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
  };
  await until(async () => (await watches()) === 0, 'nobody watches');
  made.watchWorkers({ onSnapshot: () => {} });
  await reached(made, 'live');

  for await (const event of made.watchRun(run.id)) {
    assert.equal(event.seq, 1);
    await until(async () => (await watches()) === 1, 'it is watched');
    break;
  }

  await until(async () => (await watches()) === 0, 'it is no longer watched');
  assert.equal(made.connection.state, 'live');
  open();
});

test('return() ends a next() that waits', patience, async (context) => {
  const made = client(context);
  const { run, open } = await gatedRun(made);
  const iterator = made.watchRun(run.id, { after: 3 })[Symbol.asyncIterator]();
  const next = iterator.next();
  await reached(made, 'live');

  assert.deepEqual(await iterator.return(), { done: true, value: undefined });
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  await reached(made, 'offline');
  open();
});

test('the feed shows every end and no state twice, through two filters and over a cut', patience, async (context) => {
  const balancer = await Balancer.start([fleet.notifiers[0].port]);
  context.after(() => balancer.stop());
  const made = client(context, { liveUrl: balancer.url });
  const tag = `t${Date.now()}`;
  const shown = [];
  let snapshots = 0;
  const ended = new Set();
  const see = (runs) => runs.filter(({ state }) => state === 'succeeded').forEach(({ id }) => ended.add(id));
  made.watchFeed({ tag }, {
    onSnapshot: ({ runs, counts }) => {
      snapshots++;
      assert.equal(typeof counts.running, 'number');
      see(runs);
    },
    onRuns: (runs) => {
      shown.push(...runs);
      see(runs);
    },
  });
  const others = [];
  made.watchFeed({ tag: `${tag}-other` }, { onRuns: (runs) => others.push(...runs) });
  await reached(made, 'live');

  const ids = (await made.runs.createMany(Array.from({ length: 40 }, () => ({ job: 'noop', tags: [tag] })))).ids;
  balancer.cut();
  await until(() => ids.every((id) => ended.has(id)), 'every end is shown');

  assert.ok(snapshots >= 2);
  assert.equal(new Set(shown.map(({ id, seq }) => `${id} ${seq}`)).size, shown.length);
  assert.deepEqual(others, []);
});

test('the workers are watched, and who drains is told', patience, async (context) => {
  const made = client(context);
  const events = [];
  const workers = await new Promise((resolve) => made.watchWorkers({ onSnapshot: resolve, onWorker: (event) => events.push(event) }));
  assert.deepEqual(workers.map(({ id }) => id).sort(), ['first', 'second']);

  await made.workers.drain('second');
  await until(() => events.some(({ type, worker }) => type === 'draining' && worker.id === 'second'), 'it is told');
});

test('without a server the client says what is missing', () => {
  assert.throws(() => new FleetClient(), /Give FleetClient a url/);
});
