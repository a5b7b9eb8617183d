# Celery, set up as its guide "Optimizing" recommends for many short tasks: results are ignored, the prefetch multiplier is high, gossip,
# mingle and heartbeats between workers are off, tasks are sent over one connection, and the pool is of processes (their number is tuned by the caller).
# Left out: a result backend, late acknowledgement and retries. So Celery acknowledges a task before it is executed and keeps nothing
# of one that succeeded: it promises less than Fleet and is compared all the same.
import sys
import time

import redis
from celery import Celery, signals

command, host, port, *rest = sys.argv[1:]

app = Celery('bench', broker=f'redis://{host}:{port}/0')
app.conf.update(
    task_ignore_result=True,
    worker_prefetch_multiplier=128,
    worker_send_task_events=False,
    broker_pool_limit=1,
    task_serializer='json',
)

executed = 0


@app.task(name='noop')
def noop(data):
    global executed
    executed += 1


@signals.worker_process_shutdown.connect
def count(**_):
    redis.Redis(host, int(port)).incrby('bench:executed', executed)


def enqueue(runs, payload):
    # {"text":"…"} of just the size asked for.
    data = {'text': 'x' * max(payload - 11, 0)}
    with app.producer_pool.acquire(block=True) as producer:
        producer.connection.ensure_connection()
        cpu, started = time.process_time(), time.perf_counter()
        # Celery has no call that sends many tasks at once; a group sends them one by one as well.
        for _ in range(runs):
            noop.apply_async((data,), producer=producer)
        print(time.perf_counter() - started, time.process_time() - cpu)


if command == 'enqueue':
    enqueue(int(rest[0]), int(rest[1]))
else:
    app.worker_main([
        'worker', '--pool=prefork', f'--concurrency={rest[0]}', '--loglevel=ERROR',
        '--without-gossip', '--without-mingle', '--without-heartbeat',
    ])
