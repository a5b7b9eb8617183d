import type { HubConnection } from '@microsoft/signalr';
import type { QueueInfo, RunId, WorkerInfo } from '../generated/api.js';
import type { Counts, FeedFilter, FeedItem, FeedSnapshot, WorkerEvent } from '../types.js';
import { Topic, tell, type WatchOptions } from './topic.js';

/** What a watch of the feed tells. */
export interface FeedHandlers extends WatchOptions {
  /** The counts and the newest runs: when the watch begins, and again whenever it begins anew; it takes the place of everything before it. */
  onSnapshot?: ((snapshot: FeedSnapshot) => void) | undefined;

  /** Runs that changed, each as it is now. */
  onRuns?: ((runs: FeedItem[]) => void) | undefined;

  /** How many runs are in each state. */
  onCounts?: ((counts: Counts) => void) | undefined;
}

/** What a watch of the workers tells. */
export interface WorkersHandlers extends WatchOptions {
  /** The workers that live: when the watch begins, and again whenever it begins anew. */
  onSnapshot?: ((workers: WorkerInfo[]) => void) | undefined;

  /** A worker came, went, or was told to take nothing more. */
  onWorker?: ((event: WorkerEvent) => void) | undefined;
}

/** What a watch of the queues tells. */
export interface QueuesHandlers extends WatchOptions {
  /** The queues: when the watch begins, and again whenever it begins anew. */
  onSnapshot?: ((queues: QueueInfo[]) => void) | undefined;

  /** The queues as they are now. */
  onQueues?: ((queues: QueueInfo[]) => void) | undefined;
}

/** For how many runs it is remembered what was shown of them; a repetition follows at once or never. */
const mostRemembered = 10_000;

/** The feed, through one filter. */
export class FeedTopic extends Topic<FeedHandlers> {
  readonly subject = 'feed';
  readonly unwatch = ['UnwatchFeed'] as const;
  override readonly variant: string;
  readonly #filter: FeedFilter;
  readonly #shown = new Map<RunId, number>();

  constructor(filter: FeedFilter) {
    super();
    this.#filter = filter;
    this.variant = JSON.stringify(Object.entries(filter).filter(([, value]) => value !== undefined).sort());
  }

  async watch(hub: HubConnection): Promise<void> {
    const snapshot = await hub.invoke<FeedSnapshot>('WatchFeed', this.#filter);
    this.#shown.clear();
    snapshot.runs.forEach((run) => this.#remember(run));
    for (const listener of [...this.listeners]) {
      tell(listener.onSnapshot, snapshot);
      tell(listener.onCounts, snapshot.counts);
    }
  }

  receive(method: string, args: unknown[]): boolean {
    if (method === 'Resync') return args[0] !== this.subject;
    if (method !== 'Feed') return true;
    const runs = (args[0] as FeedItem[]).filter((run) => run.seq > (this.#shown.get(run.id) ?? 0));
    runs.forEach((run) => this.#remember(run));
    if (runs.length > 0) for (const listener of [...this.listeners]) tell(listener.onRuns, runs);
    return true;
  }

  #remember(run: FeedItem): void {
    this.#shown.delete(run.id);
    this.#shown.set(run.id, run.seq);
    if (this.#shown.size > mostRemembered) this.#shown.delete(this.#shown.keys().next().value!);
  }
}

/** The workers. */
export class WorkersTopic extends Topic<WorkersHandlers> {
  readonly subject = 'workers';
  readonly unwatch = ['UnwatchWorkers'] as const;

  async watch(hub: HubConnection): Promise<void> {
    const workers = await hub.invoke<WorkerInfo[]>('WatchWorkers');
    for (const listener of [...this.listeners]) tell(listener.onSnapshot, workers);
  }

  receive(method: string, args: unknown[]): boolean {
    if (method === 'Resync') return args[0] !== this.subject;
    if (method === 'Worker') for (const listener of [...this.listeners]) tell(listener.onWorker, args[0] as WorkerEvent);
    return true;
  }
}

/** The queues. */
export class QueuesTopic extends Topic<QueuesHandlers> {
  readonly subject = 'queues';
  readonly unwatch = ['UnwatchQueues'] as const;

  async watch(hub: HubConnection): Promise<void> {
    const queues = await hub.invoke<QueueInfo[]>('WatchQueues');
    for (const listener of [...this.listeners]) tell(listener.onSnapshot, queues);
  }

  receive(method: string, args: unknown[]): boolean {
    if (method === 'Resync') return args[0] !== this.subject;
    if (method === 'Queues') for (const listener of [...this.listeners]) tell(listener.onQueues, args[0] as QueueInfo[]);
    return true;
  }
}
