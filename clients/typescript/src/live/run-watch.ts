import type { FleetError } from '../error.js';
import type { Run } from '../generated/api.js';
import { isFinal } from '../states.js';
import type { RunEvent } from '../types.js';
import type { Gap, RunWatchHandlers } from './run-topic.js';
import { tell } from './topic.js';

/** How a run is watched with `for await`. */
export interface RunWatchOptions {
  /** The last event that is known already; absent means none. */
  after?: number | undefined;

  /** Ends the watch: the loop throws the signal's reason. */
  signal?: AbortSignal | undefined;

  /** Goes on after the event that makes the run final; it may be retried. */
  follow?: boolean | undefined;

  /** Events are missing for ever, before the next one. */
  onGap?: ((gap: Gap) => void) | undefined;
}

/** A run that is watched with `for await`: its events, each once, in order. It begins with whoever asks first for the snapshot or an event. */
export interface RunWatch extends AsyncIterable<RunEvent> {
  /** The run as it was when the watch began. */
  readonly snapshot: Promise<Run>;

  /** The events, until the one that makes the run final. There is one iterator. */
  [Symbol.asyncIterator](): AsyncIterableIterator<RunEvent>;

  /** Ends the watch; a loop over it ends too. */
  stop(): void;
}

interface Waiting {
  resolve(result: IteratorResult<RunEvent>): void;
  reject(error: unknown): void;
}

/** How many events wait for a loop that is slow, about. The others stay with the server until it has caught up. */
const mostWaiting = 5_000;

/** A watch as an iterator: events wait until they are asked for. */
export class RunIterator implements RunWatch, AsyncIterableIterator<RunEvent> {
  readonly #options: RunWatchOptions;
  readonly #start: (handlers: RunWatchHandlers) => () => void;
  /** What was not asked for yet: events, and gaps before them. */
  readonly #news: (RunEvent | Gap)[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #snapshot: Promise<Run>;
  #began!: (run: Run) => void;
  #failed!: (error: unknown) => void;
  #newest = 0;
  /** The last event that was taken in or given up; the watch begins after it. */
  #after: number;
  #stop: (() => void) | null = null;
  #over: { error?: unknown } | null = null;

  constructor(options: RunWatchOptions, start: (handlers: RunWatchHandlers) => () => void) {
    this.#options = options;
    this.#start = start;
    this.#after = options.after ?? 0;
    this.#snapshot = new Promise((resolve, reject) => ([this.#began, this.#failed] = [resolve, reject]));
    // Whoever does not ask for it must not be told that it failed.
    this.#snapshot.catch(() => {});
  }

  get snapshot(): Promise<Run> {
    this.#begin();
    return this.#snapshot;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<RunEvent> {
    this.#begin();
    return this;
  }

  next(): Promise<IteratorResult<RunEvent>> {
    this.#begin();
    const value = this.#shift();
    if (value) return Promise.resolve({ done: false, value });
    if (!this.#over) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    if (!('error' in this.#over)) return Promise.resolve({ done: true, value: undefined });
    // An error is thrown once, as of a generator.
    const { error } = this.#over;
    this.#over = {};
    return Promise.reject(error);
  }

  return(): Promise<IteratorResult<RunEvent>> {
    this.stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  stop(): void {
    this.#news.length = 0;
    this.#end({});
  }

  /** Begins the watch, the first time and whenever a loop that was slow has caught up. */
  #begin(): void {
    if (this.#stop || this.#over || this.#news.length > 0) return;
    const { signal } = this.#options;
    if (signal?.aborted) return this.#end({ error: signal.reason });
    signal?.addEventListener('abort', this.#abort, { once: true });
    this.#stop = this.#start({
      after: this.#after,
      onGap: (gap) => {
        if (gap.before !== null) this.#after = gap.before - 1;
        this.#news.push(gap);
      },
      onSnapshot: (run) => {
        this.#newest = Math.max(this.#newest, run.seq);
        this.#began(run);
        // Nothing will come of a run that is final and whose end is known.
        if (!this.#options.follow && isFinal(run.state) && run.seq <= this.#after) this.#end({});
      },
      onEvent: (event) => this.#take(event),
      onError: (error: FleetError) => this.#end({ error }),
    });
    if (this.#over) this.#stop();
  }

  #take(event: RunEvent): void {
    if (this.#over) return;
    this.#after = event.seq;
    this.#news.push(event);
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve({ done: false, value: this.#shift()! });
    // One that others follow was the end of an earlier life.
    if (!this.#options.follow && isFinal(event.type) && event.seq >= this.#newest) this.#end({});
    else if (this.#news.length >= mostWaiting) this.#pause();
  }

  #pause(): void {
    this.#stop?.();
    this.#stop = null;
  }

  /** The next event, after the gaps before it were told of. */
  #shift(): RunEvent | undefined {
    while (true) {
      const news = this.#news.shift();
      if (!news || 'type' in news) return news;
      tell(this.#options.onGap, news);
    }
  }

  readonly #abort = (): void => {
    this.#news.length = 0;
    this.#end({ error: this.#options.signal!.reason });
  };

  #end(how: { error?: unknown }): void {
    if (this.#over) return;
    this.#over = how;
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#stop?.();
    this.#failed('error' in how ? how.error : new Error('The watch was stopped before it began.'));
    for (const waiting of this.#waiting.splice(0)) void this.next().then(waiting.resolve, waiting.reject);
  }
}
