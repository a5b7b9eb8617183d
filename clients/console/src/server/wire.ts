export type {
  BulkAction,
  BulkFilter,
  ConnectionState,
  EventType,
  FeedFilter,
  FeedItem,
  FleetStats,
  JobInfo,
  JobStats,
  NewRun,
  NewSchedule,
  Page,
  Priority,
  QueueInfo,
  Run,
  RunError,
  RunEvent,
  RunProgress,
  RunQuery,
  RunReason,
  RunState,
  Schedule,
  StatsMinute,
  WorkerEvent,
  WorkerInfo,
} from '@fleet/client'

/** What the wire leaves open: inputs, outputs, schemas. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

export const asJson = (value: unknown): Json => (value ?? null) as Json
