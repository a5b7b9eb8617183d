// What the OpenAPI document leaves open: the data of each type of event, and what the hub sends.

import type { EventType, Priority, Run, RunError, RunEvent as AnyEvent, RunId, RunState, WorkerInfo } from './generated/api.js';

/** What the events of each type carry. */
export interface EventData {
  scheduled: { dueAt: string; reason?: string };
  queued: null;
  started: { worker: string };
  progress: { value: number; message?: string | null };
  log: { line: string; stream?: string };
  retrying: { error: RunError; dueAt: string };
  released: { worker: string };
  recovered: { worker: string };
  succeeded: { output: unknown };
  failed: { error: RunError };
  cancelled: null;
  expired: null;
  skipped: null;
}

/** An event of a run's timeline; its `type` says what its `data` is. */
export type RunEvent = {
  [Type in EventType]: Omit<AnyEvent, 'type' | 'data'> & { type: Type; data: EventData[Type] }
}[EventType];

/** A run that was just created. */
export interface CreatedRun extends Run {
  /** Whether it is an earlier run, which is the same as its `unique` or the Idempotency-Key says. */
  deduplicated: boolean;
}

/** Which runs to list; what is absent lets everything through. */
export interface RunQuery {
  state?: RunState | undefined;
  job?: string | undefined;
  queue?: string | undefined;
  tag?: string | undefined;
  /** Only runs that this schedule created. */
  schedule?: string | undefined;
  /** Only runs created at or after this. */
  since?: Date | string | undefined;
  /** Only runs created before this. */
  until?: Date | string | undefined;
  /** How many a page holds at most. */
  limit?: number | undefined;
  /** `next` of the page before. */
  cursor?: string | undefined;
}

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** Which runs a watcher of the feed wants to see; what is absent lets everything through. */
export interface FeedFilter {
  state?: RunState | RunState[] | undefined;
  job?: string | undefined;
  queue?: string | undefined;
  tag?: string | undefined;
  /** Only these runs, at most 1,000. */
  ids?: RunId[] | undefined;
  /** Only one page of the list, and what changes on it; `limit` (at most 200) and `cursor` are those of `runs.list`. */
  page?: { limit?: number | undefined; cursor?: string | undefined } | undefined;
}

/** How many runs are in each state. */
export type Counts = Record<RunState, number>;

/** A run's newest state as the feed carries it: what a list shows, without input and output. */
export interface FeedItem {
  id: RunId;
  job: string;
  queue: string;
  priority: Priority;
  state: RunState;
  attempt: number;
  seq: number;
  at: string;
  worker: string | null;
  tags: string[];
}

/** What a watcher of the feed starts from. */
export interface FeedSnapshot {
  counts: Counts;
  runs: FeedItem[];
  /** Of a page, the `cursor` of the page after it; null at the end. */
  next: string | null;
}

/** A page of the feed as it is now, newest first. */
export interface FeedPage {
  runs: FeedItem[];
  /** The `cursor` of the page after it; null at the end. */
  next: string | null;
}

/** A worker that came, went, was told to take nothing more, or (`updated`) does something else than before. */
export interface WorkerEvent {
  type: 'connected' | 'draining' | 'disconnected' | 'timeout' | 'updated';
  worker: WorkerInfo;
}
