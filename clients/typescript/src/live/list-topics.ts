import type { HubConnection } from '@microsoft/signalr';
import type { QueueInfo, RunId, WorkerInfo } from '../generated/api.js';
import type { Counts, FeedFilter, FeedItem, FeedPage, FeedSnapshot, WorkerEvent } from '../types.js';
import { Topic, tell, type WatchOptions } from './topic.js';

/** What a watch of the feed tells. */
export interface FeedHandlers extends WatchOptions {
  /** The counts and the newest runs: when the watch begins, and again whenever it begins anew; it takes the place of everything before it. */
  onSnapshot?: ((snapshot: FeedSnapshot) => void) | undefined;

  /** Runs that changed, each as it is now. */
  onRuns?: ((runs: FeedItem[]) => void) | undefined;

  /** How many runs are in each state, whatever the filter lets through: at first, and after something changed. */
  onCounts?: ((counts: Counts) => void) | undefined;

  /** The page that the filter asks for, as it is now: at first, and whenever something changes on it. */
  onPage?: ((page: FeedPage) => void) | undefined;
}

/** What a watch of the workers tells. */
export interface WorkersHandlers extends WatchOptions {
  /** The workers that live: when the watch begins, and again whenever it begins anew. */
  onSnapshot?: ((workers: WorkerInfo[]) => void) | undefined;

  /** A worker came, went, was told to take nothing more, or does something else than before. */
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
  readonly #shown = new Map<RunId, FeedItem>();
  /** The runs of the page, where the filter asks for one. */
  #page: { ids: RunId[]; next: string | null } | null = null;

  constructor(filter: FeedFilter) {
    super();
    this.#filter = filter;
    this.variant = JSON.stringify(Object.entries(filter).filter(([, value]) => value !== undefined).sort());
  }

  async watch(hub: HubConnection): Promise<void> {
    const snapshot = await hub.invoke<FeedSnapshot>('WatchFeed', this.#filter);
    this.#shown.clear();
    snapshot.runs.forEach((run) => this.#remember(run));
    this.#page = this.#filter.page ? { ids: snapshot.runs.map(({ id }) => id), next: snapshot.next } : null;
    this.#tell((listener) => {
      tell(listener.onSnapshot, snapshot);
      tell(listener.onCounts, snapshot.counts);
    });
    this.#tellPage();
  }

  receive(method: string, args: unknown[]): boolean {
    switch (method) {
      case 'Resync':
        return args[0] !== this.subject;
      case 'Feed':
        this.#takeRuns(args[0] as FeedItem[]);
        break;
      case 'Counts':
        this.#tell((listener) => tell(listener.onCounts, args[0] as Counts));
        break;
      case 'Page':
        this.#takePage(args[0] as { ids: RunId[]; next: string | null });
        break;
    }

    return true;
  }

  #takeRuns(runs: FeedItem[]): void {
    const news = runs.filter((run) => run.seq > (this.#shown.get(run.id)?.seq ?? 0));
    if (news.length === 0) return;
    news.forEach((run) => this.#remember(run));
    this.#forget();
    this.#tell((listener) => tell(listener.onRuns, news));
    if (news.some(({ id }) => this.#page?.ids.includes(id))) this.#tellPage();
  }

  #takePage(page: { ids: RunId[]; next: string | null }): void {
    this.#page = page;
    const ids = new Set(page.ids);
    // A run that comes back is told of again, as it may then still be as it was.
    for (const id of [...this.#shown.keys()]) if (!ids.has(id)) this.#shown.delete(id);
    this.#tellPage();
  }

  #tellPage(): void {
    if (!this.#page) return;
    const page: FeedPage = { runs: this.#page.ids.flatMap((id) => this.#shown.get(id) ?? []), next: this.#page.next };
    this.#tell((listener) => tell(listener.onPage, page));
  }

  #tell(say: (listener: FeedHandlers) => void): void {
    for (const listener of [...this.listeners]) say(listener);
  }

  #remember(run: FeedItem): void {
    this.#shown.delete(run.id);
    this.#shown.set(run.id, run);
  }

  /** Once for all that came together: each walk over a map begins with the places of those that were deleted before. */
  #forget(): void {
    let surplus = this.#shown.size - mostRemembered;
    for (const id of this.#shown.keys()) {
      if (surplus-- <= 0) break;
      this.#shown.delete(id);
    }
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
