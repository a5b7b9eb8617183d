import type { HubConnection } from '@microsoft/signalr';
import { FleetError } from '../error.js';
import type { Run } from '../generated/api.js';
import type { RunEvent } from '../types.js';
import { Topic, tell, type WatchOptions } from './topic.js';

/** Events that are no longer kept, so that nobody can show them. */
export interface Gap {
  /** The last event before them; it was shown. */
  after: number;

  /** The first event after them; null where none has come yet. */
  before: number | null;
}

/** What a watch of a run tells. */
export interface RunWatchHandlers extends WatchOptions {
  /** The last event that is known already; absent means none. */
  after?: number | undefined;

  /** The run as it is, before its events: when the watch begins, and again whenever it begins anew. */
  onSnapshot?: ((run: Run) => void) | undefined;

  /** The next event: each once, in order. */
  onEvent?: ((event: RunEvent) => void) | undefined;

  /** Events are missing for ever, before the next one. */
  onGap?: ((gap: Gap) => void) | undefined;

  /** How many watch the run, on whatever server. */
  onWatchers?: ((count: number) => void) | undefined;
}

interface Snapshot {
  run: Run;
  events: RunEvent[];
  gap: boolean;
  /** Servers of an earlier version do not count them. */
  watchers?: number;
}

/** One watcher of a run, and the last event it was shown. */
export class RunListener implements WatchOptions {
  readonly handlers: RunWatchHandlers;
  readonly onError: WatchOptions['onError'];
  seen: number;
  /** Whether it has been told of the run. */
  #begun = false;

  constructor(handlers: RunWatchHandlers) {
    this.handlers = handlers;
    this.onError = handlers.onError;
    this.seen = handlers.after ?? 0;
  }

  /** Takes in what the hub answered to somebody who had seen the events up to `after`, or fewer. */
  begin({ run, events, gap, watchers }: Snapshot, after: number): void {
    this.#begun = true;
    tell(this.handlers.onSnapshot, run);
    if (watchers !== undefined) tell(this.handlers.onWatchers, watchers);
    // A Redis that lost its last writes gives their numbers to other events.
    if (run.seq < this.seen) {
      this.#miss(run.seq + 1);
      return;
    }

    for (const event of events) {
      if (event.seq > this.seen + 1) this.#miss(event.seq);
      this.#show(event);
    }

    // What was not kept may also be the last there was.
    if (events.length === 0 && gap && after === this.seen && this.seen < run.seq) this.#miss(run.seq + 1);
  }

  /** Takes in the next event; false where others are missing before it. */
  receive(event: RunEvent): boolean {
    if (!this.#begun) return true;
    if (event.seq > this.seen + 1) return false;
    this.#show(event);
    return true;
  }

  #show(event: RunEvent): void {
    if (event.seq <= this.seen) return;
    this.seen = event.seq;
    tell(this.handlers.onEvent, event);
  }

  #miss(before: number): void {
    const after = this.seen;
    this.seen = before - 1;
    tell(this.handlers.onGap, { after, before });
  }
}

/** A run. */
export class RunTopic extends Topic<RunListener> {
  readonly subject: string;
  readonly unwatch: readonly [string, string];
  readonly #id: string;
  readonly #find: (id: string) => Promise<Run>;

  constructor(id: string, find: (id: string) => Promise<Run>) {
    super();
    this.#id = id;
    this.#find = find;
    this.subject = `run ${id}`;
    this.unwatch = ['UnwatchRun', id];
  }

  async watch(hub: HubConnection): Promise<void> {
    const joined = [...this.listeners];
    const after = Math.min(...joined.map((listener) => listener.seen));
    const snapshot = await hub.invoke<Snapshot>('WatchRun', this.#id, after);
    for (const listener of joined) {
      if (this.listeners.has(listener)) listener.begin(snapshot, after);
    }
  }

  receive(method: string, args: unknown[]): boolean {
    // That it was deleted, say: the hub then refuses to watch it anew.
    if (method === 'Notice') return !(args[0] as { message: string }).message.includes(this.#id);
    if (args[0] !== this.#id) return true;
    if (method === 'Resync') return false;
    if (method === 'Watchers') for (const listener of [...this.listeners]) tell(listener.handlers.onWatchers, args[1] as number);
    if (method !== 'RunEvent') return true;
    let isWhole = true;
    for (const listener of [...this.listeners]) isWhole = listener.receive(args[1] as RunEvent) && isWhole;
    return isWhole;
  }

  /** The hub refuses in words; the API says the same as a problem. */
  override async refusal(words: string): Promise<FleetError | null> {
    try {
      await this.#find(this.#id);
    } catch (error) {
      if (error instanceof FleetError && error.slug === 'unknown-run') return error;
    }

    return super.refusal(words);
  }
}
