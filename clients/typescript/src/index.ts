export { FleetClient } from './client.js';
export { FleetError } from './error.js';
export { isFinal } from './states.js';
export type { CallOptions, CreateOptions, FleetClientOptions } from './options.js';
export type { Connection, ConnectionState } from './live/connection.js';
export type { FeedHandlers, QueuesHandlers, WorkersHandlers } from './live/list-topics.js';
export type { Gap, RunWatchHandlers } from './live/run-topic.js';
export type { RunWatch, RunWatchOptions } from './live/run-watch.js';
export type { WatchOptions } from './live/topic.js';
export type * from './types.js';
export type {
  Backoff, BackoffKind, JobDurations, JobStats, BatchResult, BulkAction, BulkFilter, BulkReceipt, EventType, FleetProblem, FleetStats, JobDefaults, JobInfo, LineInfo, Missed,
  NewRun, NewSchedule, Overlap, Priority, PurgeResult, QueueInfo, QueueRates, RejectedRun, Run, RunError, RunExplanation, RunId, RunProgress, RunReason, RunState,
  Schedule, StatsMinute, UniqueRule, UniqueScope, WorkerInfo, WorkerState,
} from './generated/api.js';
