# RQ, set up as its documentation recommends for many short jobs: they are enqueued with enqueue_many in one pipeline, and executed by
# SimpleWorker, which does not fork for each job. A worker executes one job at a time; the caller tunes how many processes there are.
# Left out: retries, callbacks and the scheduler. Results are kept for RQ's usual 500 seconds.
import logging
import os
import signal
import sys
import time

import redis
from rq import Queue, SimpleWorker

command, host, port, *rest = sys.argv[1:]
BULK = 1000
executed = 0


def noop(data):
    global executed
    executed += 1


def enqueue(runs, payload):
    # {"text":"…"} of just the size asked for.
    data = {'text': 'x' * max(payload - 11, 0)}
    connection = redis.Redis(host, int(port))
    connection.ping()
    queue = Queue('bench', connection=connection)
    cpu, started = time.process_time(), time.perf_counter()
    left = runs
    while left > 0:
        count = min(left, BULK)
        queue.enqueue_many([Queue.prepare_data('peer.noop', (data,)) for _ in range(count)])
        left -= count
    print(time.perf_counter() - started, time.process_time() - cpu)


def work():
    # Jobs name their function by its module, which must be this one and not a second copy of it.
    sys.modules['peer'] = sys.modules['__main__']
    logging.disable(logging.INFO)
    connection = redis.Redis(host, int(port))
    SimpleWorker(['bench'], connection=connection).work(logging_level='ERROR')
    connection.incrby('bench:executed', executed)


def work_all(processes):
    children = []
    for _ in range(processes):
        child = os.fork()
        if child == 0:
            work()
            sys.exit(0)
        children.append(child)

    signal.signal(signal.SIGTERM, lambda *_: [os.kill(child, signal.SIGTERM) for child in children])
    for child in children:
        os.waitpid(child, 0)


if command == 'enqueue':
    enqueue(int(rest[0]), int(rest[1]))
else:
    work_all(int(rest[0]))
