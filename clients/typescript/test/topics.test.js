// What is made of the hub's answers and messages, whatever they are: nothing twice, nothing skipped in silence.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeedTopic, QueuesTopic, WorkersTopic } from '../dist/live/list-topics.js';
import { RunListener, RunTopic } from '../dist/live/run-topic.js';

const id = '01M89Q7X5E005F9XF1Q50KMDQ3';

/** A hub that answers with what it is given, one call after another, and remembers the calls. */
function hubOf(...answers) {
  const calls = [];
  return {
    calls,
    invoke(...call) {
      calls.push(call);
      return Promise.resolve(answers.shift());
    },
  };
}

const event = (seq) => ({ seq, type: 'log' });
const snapshot = (newest, seqs, gap = false) => ({ run: { id, seq: newest }, events: seqs.map(event), gap, watchers: 1 });

/** Someone who watches a run, and all that it is told. */
function listenerOf(told, after) {
  return new RunListener({
    after,
    onSnapshot: ({ seq }) => told.push(`run ${seq}`),
    onEvent: ({ seq }) => told.push(seq),
    onGap: (gap) => told.push(`${gap.after}-${gap.before}`),
    onWatchers: (count) => told.push(`${count} watch`),
  });
}

for (const [after, answer, shown] of [
  [0, snapshot(3, [1, 2, 3]), [1, 2, 3]],
  [2, snapshot(3, [1, 2, 3, 3]), [3]],
  [3, snapshot(3, []), []],
  [1, snapshot(9, [4, 5, 9], true), ['1-4', 4, 5, '5-9', 9]],
  // What was dropped was the newest there is.
  [3, snapshot(5, [], true), ['3-6']],
  // A Redis that lost its last writes gives their numbers to other events.
  [7, snapshot(5, [], true), ['7-6']],
]) {
  test(`a run watched after ${after}, answered with ${JSON.stringify(answer.events.map(({ seq }) => seq))} of ${answer.run.seq}`, async () => {
    const told = [];
    const topic = new RunTopic(id);
    topic.add(listenerOf(told, after));
    const hub = hubOf(answer);

    await topic.watch(hub);

    assert.deepEqual(hub.calls, [['WatchRun', id, after]]);
    assert.deepEqual(told, [`run ${answer.run.seq}`, '1 watch', ...shown]);
  });
}

test('a run\'s messages: the next event is shown, a known one is not, a later one and a resync make it begin anew from where it stands', async () => {
  const told = [];
  const topic = new RunTopic(id);
  topic.add(listenerOf(told, 0));
  const hub = hubOf(snapshot(2, [1, 2]), snapshot(4, [3, 4]));
  await topic.watch(hub);
  told.length = 0;

  assert.ok(topic.receive('RunEvent', [id, event(2)]));
  assert.ok(topic.receive('RunEvent', ['another', event(9)]));
  assert.ok(topic.receive('Watchers', [id, 3]));
  assert.ok(topic.receive('Resync', ['another']));
  assert.equal(topic.receive('Resync', [id]), false);
  assert.equal(topic.receive('RunEvent', [id, event(4)]), false);
  assert.deepEqual(told, ['3 watch']);
  await topic.watch(hub);
  assert.ok(topic.receive('RunEvent', [id, event(5)]));

  assert.deepEqual(hub.calls.at(-1), ['WatchRun', id, 2]);
  assert.deepEqual(told.slice(1), ['run 4', '1 watch', 3, 4, 5]);
});

test('two who stand at different events are each shown what they miss', async () => {
  const [first, second] = [[], []];
  const topic = new RunTopic(id);
  topic.add(listenerOf(first, 2));
  await topic.watch(hubOf(snapshot(3, [3])));
  topic.add(listenerOf(second, 0));
  // What comes before the second has begun is in the answer that it waits for.
  assert.ok(topic.receive('RunEvent', [id, event(4)]));
  const hub = hubOf(snapshot(4, [1, 2, 3, 4]));
  await topic.watch(hub);

  assert.deepEqual(hub.calls, [['WatchRun', id, 0]]);
  assert.deepEqual(first.filter(Number.isInteger), [3, 4]);
  assert.deepEqual(second.filter(Number.isInteger), [1, 2, 3, 4]);
});

test('a listener that throws does not keep the others from what comes', async () => {
  const told = [];
  const topic = new RunTopic(id);
  const faults = [];
  const report = (error) => faults.push(error.message);
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', report);
  topic.add(new RunListener({ onEvent: () => { throw new Error('mine'); } }));
  topic.add(listenerOf(told, 0));

  await topic.watch(hubOf(snapshot(1, [1])));
  await new Promise((resolve) => setImmediate(resolve));

  process.removeAllListeners('uncaughtException');
  before.forEach((listener) => process.on('uncaughtException', listener));
  assert.deepEqual(faults, ['mine']);
  assert.deepEqual(told.at(-1), 1);
});

const item = (run, seq, state = 'running') => ({ id: run, seq, state });

test('the feed: counts, and each state of a run once', async () => {
  const told = [];
  const topic = new FeedTopic({ job: 'a', tag: undefined });
  topic.add({
    onSnapshot: ({ runs }) => told.push(['snapshot', runs.length]),
    onRuns: (runs) => told.push(runs.map(({ id: run, seq }) => `${run}${seq}`)),
    onCounts: (counts) => told.push(counts),
    onPage: assert.fail,
  });
  await topic.watch(hubOf({ counts: { queued: 1 }, runs: [item('a', 2)], next: null }));
  assert.ok(topic.receive('Feed', [[item('a', 2), item('b', 1)]]));
  assert.ok(topic.receive('Feed', [[item('a', 2)]]));
  assert.ok(topic.receive('Feed', [[item('a', 3)]]));
  assert.ok(topic.receive('Counts', [{ queued: 2 }]));
  assert.equal(topic.receive('Resync', ['feed']), false);

  assert.deepEqual(told, [['snapshot', 1], { queued: 1 }, ['b1'], ['a3'], { queued: 2 }]);
  assert.equal(topic.variant, new FeedTopic({ job: 'a' }).variant);
  assert.notEqual(topic.variant, new FeedTopic({ job: 'b' }).variant);
});

test('the feed knows a repetition by the newest ten thousand runs', () => {
  const told = [];
  const topic = new FeedTopic({});
  topic.add({ onRuns: (runs) => told.push(runs.length) });
  const batch = (from, count) => Array.from({ length: count }, (_, index) => item(String(from + index), 1));
  for (let from = 0; from < 20_000; from += 1000) topic.receive('Feed', [batch(from, 1000)]);
  topic.receive('Feed', [batch(10_000, 10_000)]);
  topic.receive('Feed', [batch(9999, 1)]);

  assert.deepEqual(told, [...Array.from({ length: 20 }, () => 1000), 1]);
});

test('a page of the feed is told of as it is now, also when a run leaves it and comes back as it was', async () => {
  const pages = [];
  const topic = new FeedTopic({ page: { limit: 2 } });
  topic.add({ onPage: ({ runs, next }) => pages.push([runs.map(({ id: run, seq }) => `${run}${seq}`).join(' '), next]) });
  await topic.watch(hubOf({ counts: {}, runs: [item('b', 1), item('a', 1)], next: 'a' }));
  topic.receive('Feed', [[item('a', 2)]]);
  topic.receive('Feed', [[item('c', 1)]]);
  topic.receive('Page', [{ ids: ['c', 'b'], next: 'b' }]);
  topic.receive('Feed', [[item('a', 2)]]);
  topic.receive('Page', [{ ids: ['b', 'a'], next: null }]);

  assert.deepEqual(pages, [['b1 a1', 'a'], ['b1 a2', 'a'], ['c1 b1', 'b'], ['b1 a2', null]]);
});

test('workers and queues: what there is, then what comes', async () => {
  const told = [];
  const workers = new WorkersTopic();
  workers.add({ onSnapshot: (all) => told.push(all), onWorker: (change) => told.push(change) });
  await workers.watch(hubOf(['w']));
  assert.ok(workers.receive('Worker', [{ type: 'updated', worker: 'w' }]));
  assert.equal(workers.receive('Resync', ['workers']), false);

  const queues = new QueuesTopic();
  queues.add({ onSnapshot: (all) => told.push(all), onQueues: (all) => told.push(all) });
  await queues.watch(hubOf(['q']));
  assert.ok(queues.receive('Queues', [['q', 'r']]));
  assert.equal(queues.receive('Resync', ['queues']), false);

  assert.deepEqual(told, [['w'], { type: 'updated', worker: 'w' }, ['q'], ['q', 'r']]);
});
