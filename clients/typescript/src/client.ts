import { Jobs, Queues, Workers } from './api/catalogue.js';
import { itemsOf } from './api/items.js';
import { Runs } from './api/runs.js';
import { Schedules } from './api/schedules.js';
import type { FleetStats, JobStats, StatsMinute } from './generated/api.js';
import { Http } from './http.js';
import type { Connection } from './live/connection.js';
import { FeedTopic, QueuesTopic, WorkersTopic, type FeedHandlers, type QueuesHandlers, type WorkersHandlers } from './live/list-topics.js';
import { Live } from './live/live.js';
import { RunListener, RunTopic, type RunWatchHandlers } from './live/run-topic.js';
import { RunIterator, type RunWatch, type RunWatchOptions } from './live/run-watch.js';
import type { CallOptions, FleetClientOptions } from './options.js';
import type { FeedFilter } from './types.js';

/**
 * Speaks to a Fleet: submits runs, reads them, and watches them live. One for a page or process is enough: its watches share a
 * connection, which is opened with the first and closed with the last.
 *
 * Calls are sent once, and throw a {@link FleetError} when Fleet answers with an error or does not answer; only watching and
 * waiting go on by themselves.
 */
export class FleetClient {
  readonly runs: Runs;
  readonly jobs: Jobs;
  readonly queues: Queues;
  readonly workers: Workers;
  readonly schedules: Schedules;

  /** How the watches stand. */
  readonly connection: Connection;

  readonly #http: Http;
  readonly #live: Live;

  constructor(options: FleetClientOptions = {}) {
    this.#http = new Http(options);
    this.#live = new Live(options);
    this.runs = new Runs(this.#http, options);
    this.jobs = new Jobs(this.#http);
    this.queues = new Queues(this.#http);
    this.workers = new Workers(this.#http);
    this.schedules = new Schedules(this.#http);
    this.connection = this.#live.connection;
  }

  /** The fleet in numbers. */
  stats(options?: CallOptions): Promise<FleetStats> {
    return this.#http.get('v1/stats', undefined, options);
  }

  /** The last minutes, oldest first, the current one last. */
  statsHistory(minutes?: number, options?: CallOptions): Promise<StatsMinute[]> {
    return itemsOf(this.#http, 'v1/stats/history', { minutes }, options);
  }

  /** How the runs of each job ended in the last minutes and how long they took, by name. */
  jobStats(minutes?: number, options?: CallOptions): Promise<JobStats[]> {
    return itemsOf(this.#http, 'v1/stats/jobs', { minutes }, options);
  }

  /**
   * Watches a run: every event of its timeline once and in order, over lost connections and restarts of the server; events that are no
   * longer kept are told of as a gap. With handlers it goes on until what is returned is called; without, it is for a `for await`,
   * which ends after the event that makes the run final.
   */
  watchRun(id: string, options?: RunWatchOptions): RunWatch;
  watchRun(id: string, handlers: RunWatchHandlers): () => void;
  watchRun(id: string, options: RunWatchOptions | RunWatchHandlers = {}): RunWatch | (() => void) {
    // Ids are read in upper or lower case, and written in upper. What is none stays as it is, to be refused in the server's words.
    const run = /^\w{26}$/.test(id) ? id.toUpperCase() : id;
    const start = (handlers: RunWatchHandlers): (() => void) =>
      this.#live.watch(new RunTopic(run, (one) => this.runs.get(one)), new RunListener(handlers), handlers.signal);
    const hasHandlers = 'onEvent' in options || 'onSnapshot' in options || 'onWatchers' in options;
    return hasHandlers ? start(options) : new RunIterator(options, start);
  }

  /** Watches all runs that a filter lets through: the newest state of each that changes. Call what is returned to end that. */
  watchFeed(filter: FeedFilter, handlers: FeedHandlers): () => void {
    return this.#live.watch(new FeedTopic(filter), { ...handlers }, handlers.signal);
  }

  /** Watches the workers. Call what is returned to end that. */
  watchWorkers(handlers: WorkersHandlers): () => void {
    return this.#live.watch(new WorkersTopic(), { ...handlers }, handlers.signal);
  }

  /** Watches the queues. Call what is returned to end that. */
  watchQueues(handlers: QueuesHandlers): () => void {
    return this.#live.watch(new QueuesTopic(), { ...handlers }, handlers.signal);
  }

  /** Ends all watches. */
  close(): void {
    this.#live.close();
  }
}
