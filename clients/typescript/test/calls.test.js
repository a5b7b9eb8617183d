// The calls of the REST API, and what becomes of those that fail.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { FleetClient, FleetError, isFinal } from '@fleet/client';
import { startStandalone } from './support/fleet.js';

const patience = { timeout: 60_000 };

let server;
let fleet;
before(async () => {
  server = await startStandalone();
  fleet = new FleetClient({ url: server.url });
}, { timeout: 120_000 });
after(() => server?.stop());

test('a run is created, waited for, read, listed, explained, forked, retried and deleted', patience, async () => {
  const created = await fleet.runs.create({ job: 'noop', tags: ['calls'], delay: 0 }, { idempotencyKey: 'once' });
  assert.equal(created.deduplicated, false);
  const again = await fleet.runs.create({ job: 'noop', tags: ['calls'], delay: 0 }, { idempotencyKey: 'once' });
  assert.deepEqual([again.id, again.deduplicated], [created.id, true]);

  const final = await fleet.runs.wait(created.id);
  assert.equal(final.state, 'succeeded');
  assert.ok(isFinal(final.state));
  assert.deepEqual(await fleet.runs.get(created.id), final);
  assert.deepEqual((await fleet.runs.events(created.id, { limit: 1 })).items.map(({ type }) => type), ['queued']);
  assert.equal((await fleet.runs.explain(created.id)).state, 'succeeded');

  const fork = await fleet.runs.fork(created.id, { more: 1 });
  assert.deepEqual((await fleet.runs.wait(fork.id)).input, { more: 1 });
  assert.equal((await fleet.runs.retry(created.id)).id, created.id);
  await fleet.runs.wait(created.id);

  const page = await fleet.runs.list({ tag: 'calls', limit: 1, since: new Date(Date.now() - 3_600_000) });
  assert.equal(page.items.length, 1);
  const all = [];
  for await (const run of fleet.runs.listAll({ tag: 'calls', limit: 1 })) all.push(run.id);
  assert.deepEqual(all, [fork.id, created.id]);

  assert.equal(await fleet.runs.delete(created.id), undefined);
  await assert.rejects(fleet.runs.get(created.id), { status: 404, slug: 'unknown-run', type: 'urn:fleet:unknown-run' });
});

test('many runs are created, cancelled and changed in bulk', patience, async () => {
  const { ids, rejected } = await fleet.runs.createMany([{ job: 'noop', delay: 3600, tags: ['many'] }, { job: 'nooop' }, { job: 'noop', delay: 3600, tags: ['many'] }]);
  assert.equal(ids.length, 2);
  assert.deepEqual([rejected[0].index, rejected[0].problem.type], [1, 'urn:fleet:unknown-job']);
  assert.equal((await fleet.runs.cancel(ids[0])).state, 'cancelled');
  assert.deepEqual(await fleet.runs.bulk('cancel', { tag: 'many' }, { dryRun: true }), { matched: 1, run: null });
  const { matched, run } = await fleet.runs.bulk('cancel', { tag: 'many' });
  assert.equal(matched, 1);
  assert.equal((await fleet.runs.wait(run)).output.changed, 1);
});

test('queues, workers, jobs and numbers are read and changed', patience, async () => {
  assert.equal((await fleet.queues.pause('held')).paused, true);
  const { id } = await fleet.runs.create({ job: 'noop', queue: 'held' });
  assert.equal((await fleet.runs.wait(id, { timeout: 0.05 })).state, 'queued');
  assert.equal((await fleet.queues.purge('held')).purged, 1);
  assert.equal((await fleet.queues.resume('held')).paused, false);
  assert.ok((await fleet.queues.list()).some(({ name }) => name === 'held'));

  const [worker] = await fleet.workers.list();
  assert.equal(worker.state, 'connected');
  await assert.rejects(fleet.workers.drain('nobody'), { slug: 'unknown-worker' });
  assert.ok((await fleet.jobs.list()).some(({ name }) => name === 'sleep'));
  assert.equal((await fleet.jobs.get('sleep')).name, 'sleep');
  assert.equal(typeof (await fleet.stats()).counts.queued, 'number');
  assert.equal((await fleet.statsHistory(5)).length, 5);
});

test('a schedule is put, read, triggered, paused, resumed and deleted', patience, async () => {
  const schedule = await fleet.schedules.put('nightly', { cron: '30 2 * * *', job: 'noop' });
  assert.equal(schedule.next.length, 10);
  assert.deepEqual(await fleet.schedules.get('nightly'), schedule);
  assert.deepEqual((await fleet.schedules.list()).map(({ name }) => name), ['nightly']);
  assert.equal((await fleet.schedules.pause('nightly')).paused, true);
  assert.equal((await fleet.schedules.resume('nightly')).paused, false);
  const run = await fleet.schedules.trigger('nightly');
  assert.equal((await fleet.runs.wait(run.id)).schedule, 'nightly');
  assert.deepEqual((await fleet.runs.list({ schedule: 'nightly' })).items.map(({ id }) => id), [run.id]);
  assert.deepEqual((await fleet.runs.list({ schedule: 'other' })).items, []);
  await fleet.schedules.delete('nightly');
  await assert.rejects(fleet.schedules.get('nightly'), { slug: 'unknown-schedule' });
  await assert.rejects(fleet.schedules.put('wrong', { cron: 'x', job: 'noop' }), ({ slug, errors }) => slug === 'invalid-schedule' && errors.cron.length === 1);
});

test('an error says what the answer says, by field', patience, async () => {
  await assert.rejects(fleet.runs.create({ job: 'sleap', priority: 'high' }), (error) => {
    assert.ok(error instanceof FleetError);
    assert.deepEqual([error.status, error.slug, error.retryAfter, error.isTransient], [422, 'unknown-job', null, false]);
    assert.match(error.message, /There is no job 'sleap'\. Did you mean 'sleep'\?/);
    assert.deepEqual(Object.keys(error.errors), ['job']);
    return true;
  });
  await assert.rejects(fleet.runs.list({ limit: 0 }), ({ errors }) => /from 1 to/.test(errors.limit[0]));
});

test('an answer that is not Fleet\'s is an error, and a server that asks to be left alone is', patience, async (context) => {
  const answers = {
    '/v1/stats': [200, { 'content-type': 'text/html' }, '<html>'],
    '/v1/jobs': [502, { 'content-type': 'text/html' }, 'Bad gateway'],
    '/v1/queues': [503, { 'content-type': 'application/problem+json', 'retry-after': '7' }, '{"type":"urn:fleet:redis-unavailable","title":"Redis is away","status":503,"detail":"Later."}'],
  };
  const proxy = createServer((request, response) => {
    const [status, headers, body] = answers[new URL(request.url, 'http://x').pathname];
    response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  context.after(() => proxy.close());
  const behind = new FleetClient({ url: `http://127.0.0.1:${proxy.address().port}` });

  await assert.rejects(behind.stats(), { type: 'about:blank', slug: '', detail: /Is this the address of a Fleet API\?/ });
  await assert.rejects(behind.jobs.list(), { status: 502, detail: /did not send: Bad gateway/, isTransient: true });
  await assert.rejects(behind.queues.list(), { status: 503, slug: 'redis-unavailable', retryAfter: 7 });
});

test('a server that cannot be reached is an error, which waiting outlives', patience, async () => {
  const broken = new FleetClient({ url: server.url, fetch: () => Promise.reject(new TypeError('fetch failed', { cause: new Error('the cable is out') })) });
  await assert.rejects(broken.stats(), { status: 0, slug: 'unreachable', message: /does not answer: the cable is out/ });

  const { id } = await fleet.runs.create({ job: 'noop' });
  let failures = 0;
  const shaky = new FleetClient({
    url: server.url,
    reconnectDelay: 1,
    fetch: (...args) => (failures++ < 3 ? Promise.reject(new TypeError('fetch failed')) : fetch(...args)),
  });
  assert.equal((await shaky.runs.wait(id)).state, 'succeeded');
  assert.equal(failures, 4);
});

test('a signal ends a call, and a wait', patience, async () => {
  const reason = new Error('enough');
  await assert.rejects(fleet.stats({ signal: AbortSignal.abort(reason) }), reason);
  const { id } = await fleet.runs.create({ job: 'noop', delay: 3600 });
  const abort = new AbortController();
  const waiting = fleet.runs.wait(id, { signal: abort.signal });
  abort.abort(reason);
  await assert.rejects(waiting, reason);
});
