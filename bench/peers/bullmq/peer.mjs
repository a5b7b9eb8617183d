// BullMQ, set up as its documentation recommends: jobs are added with addBulk, the worker has a concurrency (tuned by the caller), and
// worker connections retry for ever. Both sides use ioredis, BullMQ's usual client.
// Left out: retries and backoff, events listeners, and the removal of finished jobs. Fleet keeps finished runs too; removing them
// would make BullMQ do more work, not less. Sandboxed processors and several processes are for jobs that use the CPU.
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'

const BULK = 1000
const [, , command, host, port, ...rest] = process.argv
const connection = { host, port: Number(port), maxRetriesPerRequest: null }

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

// {"text":"…"} of just the size asked for.
const jobs = (count, payload) => {
  const data = { text: 'x'.repeat(Math.max(payload - 11, 0)) }
  return Array.from({ length: count }, () => ({ name: 'noop', data }))
}

async function enqueue(runs, payload) {
  const queue = new Queue('bench', { connection })
  await queue.waitUntilReady()
  const cpu = cpuSeconds()
  const started = performance.now()
  for (let left = runs; left > 0; left -= BULK) await queue.addBulk(jobs(Math.min(left, BULK), payload))
  console.log((performance.now() - started) / 1000, cpuSeconds() - cpu)
  await queue.close()
}

async function work(concurrency) {
  let executed = 0
  const worker = new Worker('bench', async () => { executed++ }, { connection, concurrency })
  process.once('SIGTERM', async () => {
    await worker.close()
    const redis = new Redis(connection)
    await redis.incrby('bench:executed', executed)
    await redis.quit()
  })
}

if (command === 'enqueue') await enqueue(Number(rest[0]), Number(rest[1]))
else await work(Number(rest[0]))
