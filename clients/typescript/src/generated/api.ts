// Made by `npm run types` from the API's own description, GET /openapi/v1.json. Do not edit: a test compares it with what the API serves.

/** How long to wait before a retry. */
export interface Backoff {
  /** How the waits follow from each other. */
  kind?: BackoffKind | undefined;
  /** The first wait, and for BackoffKind.Linear what each further one adds; absent means 2 seconds. Not for lists. */
  delay?: number | string | null | undefined;
  /** The longest wait; absent means 10 minutes. For exponential and linear ones. */
  max?: number | string | null | undefined;
  /** The waits one by one, the last for all attempts after it. For lists. */
  delays?: (number | string)[] | null | undefined;
}

/** How the waits before retries follow from each other. The names, in lower case, are what the wire and Redis carry. */
export type BackoffKind = "exponential" | "fixed" | "linear" | "list";

/** What became of a batch. */
export interface BatchResult {
  /** The ids of the runs that were taken, in the order they were given. */
  ids: string[];
  /** Those that were not, and why. */
  rejected: RejectedRun[];
}

export type BulkAction = "retry" | "cancel" | "delete";

/** Which runs something is done to; what is absent lets everything through, and of what is given all must hold. */
export interface BulkFilter {
  /** Only runs in this state. */
  state?: RunState | null | undefined;
  /** Only runs of this job. */
  job?: string | null | undefined;
  /** Only runs of this queue. */
  queue?: string | null | undefined;
  /** Only runs with this tag. */
  tag?: string | null | undefined;
  /** Only runs that this schedule created. */
  schedule?: string | null | undefined;
  /** Only runs created at or after this. */
  since?: string | null | undefined;
  /** Only runs created before this. */
  until?: string | null | undefined;
  /** Only these runs, at most 10,000. An empty list is no run at all. */
  ids?: RunId[] | null | undefined;
}

/** What becomes of a BulkRequest. */
export interface BulkReceipt {
  /** How many runs matched when it came. */
  matched: number;
  /** The run that does it in the background, to be watched, waited for or cancelled like any other; null for a dry run. */
  run: RunId | null;
}

/** What a caller sends to have something done to many runs. */
export interface BulkRequest {
  /** What to do to them. Required. */
  action: BulkAction;
  /** Which runs. Required, so that nobody reaches every run by leaving something out; `{}` says every run. */
  filter: BulkFilter;
  /** Only says how many runs match, and does nothing to them. */
  dryRun?: boolean | undefined;
}

/** How the fleet is, and what to do about it. */
export interface Diagnosis {
  /** Whether nothing found is a warning or a problem. */
  healthy: boolean;
  /** When it was looked at, by Redis's clock. */
  at: string;
  /** What was found, what matters most first. */
  findings: Finding[];
}

/** What can happen to a run. The names, in lower case, are what the wire and Redis carry. */
export type EventType = "scheduled" | "queued" | "started" | "progress" | "log" | "retrying" | "released" | "recovered" | "succeeded" | "failed" | "cancelled" | "expired" | "skipped";

/** One thing that was looked at. */
export interface Finding {
  /** Tells findings apart, such as `queue-without-worker`; a promise, as the slug of an error is. */
  code: string;
  /** How bad it is. */
  level: FindingLevel;
  /** What was found, in words. */
  text: string;
  /** What to do about it; null where nothing is to be done. */
  advice: string | null;
}

/** How bad something is. The names, in lower case, are what the wire carries. */
export type FindingLevel = "fine" | "notice" | "warning" | "problem";

/** How long runs waited and took. */
export interface FleetLatency {
  /** From queued to started. */
  wait: LatencyQuantiles;
  /** From started to the attempt's end. */
  run: LatencyQuantiles;
}

/** An error as RFC 9457 has it. */
export interface FleetProblem {
  /** `urn:fleet:` and a slug that a program can tell the error by. */
  type: string;
  /** The error in a few words, the same for every occurrence. */
  title: string;
  /** The HTTP status code. */
  status: number;
  /** What happened this time and what to do about it. */
  detail: string | null;
  /** For invalid input: what is wrong with each field. */
  errors?: Record<string, string[]> | null | undefined;
  /** For `not-replicated`: the run that was taken all the same. */
  runId?: RunId | null | undefined;
  /** For `not-replicated`, of a batch: the runs that were taken all the same. */
  runIds?: string[] | null | undefined;
}

/** What happened a second, over the last ten. */
export interface FleetRates {
  /** Runs accepted. */
  in: number;
  /** Runs that became final. */
  out: number;
  /** Runs that became final as failed. */
  failed: number;
}

/** The fleet in numbers. */
export interface FleetStats {
  /** How many runs are in each state, by the state's name. */
  counts: Record<string, number>;
  /** What happened a second, over the last ten. */
  rates: FleetRates;
  /** How long runs waited and took, over the last minutes. */
  latency: FleetLatency;
}

/** What a caller sends to have a run like an earlier one. */
export interface ForkRun {
  /** What is different, merged over the earlier input as RFC 7386 says: null removes a member. Absent changes nothing. */
  input?: JsonElement | null | undefined;
}

/** What a job's runs get where the caller says nothing. */
export interface JobDefaults {
  /** The queue. */
  queue: string;
  /** The line in the queue. */
  priority: Priority;
  /** How many attempts a run may use. */
  maxAttempts: number;
  /** How long one attempt may take; null for as long as it likes. */
  timeout: number | string | null;
  /** How long to wait before a retry; null for exponential from 2 seconds to 10 minutes. */
  backoff: Backoff | null;
  /** How long a succeeded run is kept; null for as long as the deployment keeps them (`Fleet:Retention:Succeeded`). */
  keepSucceeded: number | string | null;
  /** How long a run is kept that ended in any other way; null for as long as the deployment keeps them (`Fleet:Retention:Others`). */
  keepOthers: number | string | null;
}

/** Quantiles of a job's durations, in milliseconds, exact to a quarter; null when nothing was measured. */
export interface JobDurations {
  /** Half of them took at most this. */
  p50: number | null;
  /** 95 of 100 took at most this. */
  p95: number | null;
  /** 99 of 100 took at most this. */
  p99: number | null;
}

/** A job as workers announced it. */
export interface JobInfo {
  /** The job's name. */
  name: string;
  /** What it does, in a sentence or two. */
  description: string | null;
  /** The JSON schema of its input. */
  inputSchema: JsonElement;
  /** What its runs get where the caller says nothing. */
  defaults: JobDefaults;
}

/** How the runs of a job ended lately (GET /v1/stats/jobs). */
export interface JobStats {
  /** The job's name. */
  job: string;
  /** How many of them succeeded. */
  succeeded: number;
  /** How many failed for good. */
  failed: number;
  /** How long the last attempt of each took, from its start to its end. */
  run: JobDurations;
}

export type JsonElement = unknown;

/** Quantiles of a duration, in milliseconds; null when nothing was measured. */
export interface LatencyQuantiles {
  /** Half of them took at most this. */
  p50: number | null;
  /** 99 of 100 took at most this. */
  p99: number | null;
}

/** How full one line of a queue is. */
export interface LineInfo {
  /** How many runs wait in it. */
  depth: number;
  /** How many runs workers took from it and have not ended yet. */
  inFlight: number;
  /** For how long the oldest run has been waiting, in seconds; 0 when none waits. */
  lag: number;
}

/** What a schedule does about ticks that it could not make in time, because nothing swept or because it was paused. */
export type Missed = "latest" | "skip" | "all";

/** What a caller sends to have a run taken. */
export interface NewRun {
  /** The job's name. Required. */
  job: string;
  /** What the handler gets; it must fit the job's input schema. Absent means `{}`. */
  input?: JsonElement | null | undefined;
  /** The queue; absent means the job's default. */
  queue?: string | null | undefined;
  /** The line in the queue; absent means the job's default. */
  priority?: Priority | null | undefined;
  /** How long to wait before it is queued: seconds, or `hh:mm:ss`. Not together with `at`. */
  delay?: number | string | null | undefined;
  /** When to queue it. Not together with `delay`. */
  at?: string | null | undefined;
  /** How many attempts it may use, from 1 to 100; absent means the job's default. */
  maxAttempts?: number | null | undefined;
  /** How long to wait before a retry; absent means the job's default. */
  backoff?: Backoff | null | undefined;
  /** How long one attempt may take; absent means the job's default. */
  timeout?: number | string | null | undefined;
  /** When it is too late to start it: a run that no attempt was made at by then expires. */
  expiresAt?: string | null | undefined;
  /** Words to find it by: at most 20 of at most 64 characters. */
  tags?: string[] | null | undefined;
  /** What the caller attaches to it: at most 50 entries. */
  meta?: Record<string, string> | null | undefined;
  /** How safe it must be before it is answered for: `redis` (as Redis is configured), or `replicated:N` (N replicas have it; else 503 `not-replicated`, which names the run). Absent means what `Fleet:Durability` says. In a batch the strictest counts for all. */
  durability?: string | null | undefined;
  /** Says when another run is the same as this one. */
  unique?: UniqueRule | null | undefined;
}

/** Many runs in one request. */
export interface NewRunBatch {
  /** The runs, at most 10,000. */
  runs: NewRun[];
}

/** What a caller sends to have a schedule created or replaced. */
export interface NewSchedule {
  /** Its name. May be left out, because the address has it. */
  name?: string | null | undefined;
  /** When it ticks: minute, hour, day of month, month, day of week, with seconds before them where there are six. This or `every`. */
  cron?: string | null | undefined;
  /** How long it is from tick to tick, at least a second. This or `cron`. */
  every?: number | string | null | undefined;
  /** The IANA time zone that `cron` is read in; absent means UTC. */
  zone?: string | null | undefined;
  /** The job of its runs. Required. */
  job: string;
  /** What the handler gets; it must fit the job's input schema. Absent means `{}`. */
  input?: JsonElement | null | undefined;
  /** The queue; absent means the job's default. */
  queue?: string | null | undefined;
  /** The line in the queue; absent means the job's default. */
  priority?: Priority | null | undefined;
  /** How many attempts each run may use, from 1 to 100; absent means the job's default. */
  maxAttempts?: number | null | undefined;
  /** How long to wait before a retry; absent means the job's default. */
  backoff?: Backoff | null | undefined;
  /** How long one attempt may take; absent means the job's default. */
  timeout?: number | string | null | undefined;
  /** Words to find its runs by: at most 20 of at most 64 characters. */
  tags?: string[] | null | undefined;
  /** What is attached to each run: at most 50 entries. `scheduledAt` is the schedule's own. */
  meta?: Record<string, string> | null | undefined;
  /** What it does when it ticks while an earlier run of it is not final; absent means `allow`. */
  overlap?: Overlap | null | undefined;
  /** What it does about ticks that it could not make in time; absent means `latest`. */
  missed?: Missed | null | undefined;
  /** Puts each run off by a part of this, at most a day: always the same part for the same tick. */
  jitter?: number | string | null | undefined;
  /** No tick is before this. With `every`, the first tick is at this time. */
  start?: string | null | undefined;
  /** No tick is after this. */
  end?: string | null | undefined;
  /** Whether it makes no ticks until somebody resumes it; absent means as it was, and not for a new one. */
  paused?: boolean | null | undefined;
  /** Not looked at: only the server knows it. */
  last?: JsonElement | null | undefined;
  /** Not looked at: only the server knows it. */
  lastRun?: JsonElement | null | undefined;
  /** Not looked at: only the server knows it. */
  next?: JsonElement | null | undefined;
}

/** What a schedule does when it ticks while an earlier run of it is not final. */
export type Overlap = "allow" | "skip" | "queue-one" | "cancel-previous";

/** One page of a list. */
export interface PageOfJobInfo {
  /** The items, in the list's order. */
  items: JobInfo[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** One page of a list. */
export interface PageOfJobStats {
  /** The items, in the list's order. */
  items: JobStats[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** One page of a list. */
export interface PageOfQueueInfo {
  /** The items, in the list's order. */
  items: QueueInfo[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** One page of a list. */
export interface PageOfRun {
  /** The items, in the list's order. */
  items: Run[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** One page of a list. */
export interface PageOfRunEvent {
  /** The items, in the list's order. */
  items: RunEvent[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** One page of a list. */
export interface PageOfSchedule {
  /** The items, in the list's order. */
  items: Schedule[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** One page of a list. */
export interface PageOfSetting {
  /** The items, in the list's order. */
  items: Setting[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** One page of a list. */
export interface PageOfStatsMinute {
  /** The items, in the list's order. */
  items: StatsMinute[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** One page of a list. */
export interface PageOfWorkerInfo {
  /** The items, in the list's order. */
  items: WorkerInfo[];
  /** Give it as `cursor` to get the page after this one; null at the end. */
  next: string | null;
}

/** The four lines of a queue, most urgent first. The numbers are a format: keys in Redis end in the names. */
export type Priority = "critical" | "high" | "normal" | "low";

/** What became of a queue's waiting runs. */
export interface PurgeResult {
  /** How many were cancelled by now. */
  purged: number;
  /** The background run that cancels the rest, where there are too many for one request; null when none are left. */
  run: string | null;
}

/** How many slots a queue could use, for whatever decides how many workers there are. */
export interface QueueDemand {
  /** How many runs wait in it, in a paused queue too. */
  waiting: number;
  /** How many scheduled runs, retries among them, enter it within a minute: a worker takes about as long to start. */
  dueWithinMinute: number;
  /** How many runs workers took from it and have not ended yet. */
  running: number;
  /** The sum of the three. Of a paused queue only what runs counts, because nobody takes the rest, however many workers there are. */
  demand: number;
}

/** How full a queue is. */
export interface QueueInfo {
  /** Its name. */
  name: string;
  /** How many runs wait in it. */
  depth: number;
  /** How many runs workers took from it and have not ended yet. */
  inFlight: number;
  /** For how long the oldest run has been waiting, in seconds; 0 when none waits. */
  lag: number;
  /** Whether nobody takes runs from it until it is resumed. */
  paused: boolean;
  /** How fast it fills and empties; null until this process has looked at the queue twice. */
  rates: QueueRates | null;
  /** The same for each of its lines, by the priority's name. */
  priorities: Record<string, LineInfo>;
}

/** How fast a queue fills and empties, over the last seconds. */
export interface QueueRates {
  /** Runs that entered it a second: new ones, and those that came back for another attempt. */
  in: number;
  /** Runs that left it a second, because their attempt ended or they were cancelled. */
  out: number;
}

/** A run of a batch that was not taken. */
export interface RejectedRun {
  /** Its place in the batch, from 0. */
  index: number;
  /** Why not. */
  problem: FleetProblem;
}

/** One execution of a job with one input, as the API shows it. */
export interface Run {
  /** Its id. */
  id: RunId;
  /** The job's name. */
  job: string;
  /** The queue it waits in. */
  queue: string;
  /** Its line in the queue. */
  priority: Priority;
  /** The tenant it belongs to. */
  tenant: string;
  /** Where it is in its life. */
  state: RunState;
  /** The newest attempt's number; 0 before the first. */
  attempt: number;
  /** How many attempts it may use. */
  maxAttempts: number;
  /** What the handler gets. */
  input: JsonElement;
  /** What the handler returned; null until it succeeded. */
  output: JsonElement | null;
  /** Why the newest attempt failed; null when none did or when it succeeded. */
  error: RunError | null;
  /** The newest progress the handler reported. */
  progress: RunProgress | null;
  /** Words to find it by. */
  tags: string[];
  /** What the caller attached to it. */
  meta: Record<string, string>;
  /** The worker that executes or last executed it. */
  worker: string | null;
  /** The schedule that created it. */
  schedule: string | null;
  /** The sequence number of the newest event of its timeline. */
  seq: number;
  /** When it was accepted, by Redis's clock. */
  createdAt: string;
  /** When it is due; null unless it is scheduled. */
  dueAt: string | null;
  /** When its newest attempt started. */
  startedAt: string | null;
  /** When it became final. */
  finishedAt: string | null;
}

/** Why an attempt failed. */
export interface RunError {
  /** The exception's type, or one of Fleet's own words such as `timeout`. */
  type: string;
  /** What went wrong, in words. */
  message: string;
  /** More for a person who looks into it, such as a shortened stack. */
  detail: string | null;
}

/** One event of a run's timeline. */
export interface RunEvent {
  /** Its number in the timeline: 1, 2, 3 … without gaps. */
  seq: number;
  /** What happened. */
  type: EventType;
  /** When, by Redis's clock. */
  at: string;
  /** The attempt it belongs to; 0 before the first. */
  attempt: number;
  /** What EventType says of its type; null where there is nothing to say. */
  data: JsonElement | null;
}

/** Why a run is where it is, and what would change that. */
export interface RunExplanation {
  /** Where it is. */
  state: RunState;
  /** Why; what matters most first, and never empty. */
  reasons: RunReason[];
}

/** A run's id: 26 characters of Crockford base32, sorted by creation time. */
export type RunId = string;

/** How far a handler is. */
export interface RunProgress {
  /** From 0 to 1. */
  value: number;
  /** What it is at, in words. */
  message: string | null;
}

/** One reason why a run is where it is. */
export interface RunReason {
  /** Tells reasons apart, such as `queue-paused`; a promise, as the slug of an error is. */
  code: string;
  /** The reason in words, and what would change it. */
  text: string;
}

export type RunState = "scheduled" | "queued" | "running" | "succeeded" | "failed" | "cancelled" | "expired" | "skipped";

/** A rule that creates runs at times, as the API shows it. */
export interface Schedule {
  /** Its name. */
  name: string;
  /** When it ticks, as a cron expression of five or six fields; null where it has `every`. */
  cron: string | null;
  /** How long it is from tick to tick; null where it has `cron`. */
  every: number | string | null;
  /** The IANA time zone that `cron` is read in. */
  zone: string;
  /** The job of its runs. */
  job: string;
  /** What the handler gets. */
  input: JsonElement;
  /** The queue of its runs. */
  queue: string;
  /** Their line in the queue. */
  priority: Priority;
  /** How many attempts each of its runs may use. */
  maxAttempts: number;
  /** How long to wait before a retry; null means the job's default. */
  backoff: Backoff | null;
  /** How long one attempt may take; null for as long as it likes. */
  timeout: number | string | null;
  /** Words to find its runs by. */
  tags: string[];
  /** What is attached to its runs; each also gets `scheduledAt`, the time of its tick. */
  meta: Record<string, string>;
  /** What it does when it ticks while an earlier run of it is not final. */
  overlap: Overlap;
  /** What it does about ticks that it could not make in time. */
  missed: Missed;
  /** Each run is put off by a part of this, always the same part for the same tick; null for not at all. */
  jitter: number | string | null;
  /** No tick is before this. */
  start: string | null;
  /** No tick is after this. */
  end: string | null;
  /** Whether it makes no ticks until somebody resumes it. */
  paused: boolean;
  /** The time of the newest tick that created a run; null before the first. */
  last: string | null;
  /** The run that the newest tick created; null before the first. It may have been forgotten since. */
  lastRun: RunId | null;
  /** The next ten times; fewer where it ends before. For a paused one, the times it would have. */
  next: string[];
}

/** When a schedule would tick (POST /v1/schedules/preview). */
export interface SchedulePreview {
  /** The next ten times; fewer where it ends before. */
  next: string[];
}

/** One option of a process, as it is now. */
export interface Setting {
  /** Its key, such as `Fleet:Lease`. */
  key: string;
  /** Its value. Of what is secret, such as a password, three dots stand there. */
  value: string | null;
  /** What it is unless somebody says otherwise. */
  default: string | null;
  /** Who said so: `default`, `environment`, `command line`, or the file. */
  source: string;
  /** What it is for. */
  meaning: string;
}

/** One minute of the fleet's history. */
export interface StatsMinute {
  /** The minute's begin. */
  at: string;
  /** Runs accepted. */
  in: number;
  /** Runs that became final. */
  out: number;
  /** Runs that became final as failed. */
  failed: number;
}

/** Says when another run is the same as this one; the earlier one is then returned and none is created. */
export interface UniqueRule {
  /** Runs of one job with the same key are the same. Required, at most 256 characters. */
  key: string;
  /** How long after its creation a run still counts; absent means as `scope` says. */
  for?: number | string | null | undefined;
  /** Until when the earlier run counts, where `for` is absent. */
  scope?: UniqueScope | undefined;
  /** Whether an earlier run that still waits gets this request's input, and is due when this request says: the last of several requests counts. One that has started stays as it is. */
  replace?: boolean | undefined;
}

/** Until when an earlier run counts as the same. */
export type UniqueScope = "active" | "queued";

/** A worker of the fleet. */
export interface WorkerInfo {
  /** Its name, unique in the fleet. */
  id: string;
  /** The host it runs on. */
  host: string;
  /** Its process id on that host. */
  processId: number;
  /** The version of the program it is. */
  version: string;
  /** Whether it takes runs. */
  state: WorkerState;
  /** The queues it serves; `*` for all. */
  queues: string[];
  /** The jobs it knows. */
  jobs: string[];
  /** How many runs it executes at a time. */
  slots: number;
  /** The runs it executes now. */
  running: string[];
  /** When it started. */
  startedAt: string;
  /** When it last showed that it lives. */
  lastSeenAt: string;
}

/** Whether a worker takes runs. The names, in lower case, are what the wire carries. */
export type WorkerState = "connected" | "draining";
