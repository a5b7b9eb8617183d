import { Backoff, pause } from '../backoff.js';
import { FleetError } from '../error.js';
import type { BatchResult, BulkAction, BulkFilter, BulkReceipt, NewRun, Run, RunExplanation } from '../generated/api.js';
import type { Answer, Http } from '../http.js';
import type { CallOptions, CreateOptions, FleetClientOptions } from '../options.js';
import { isFinal } from '../states.js';
import type { CreatedRun, Page, RunEvent, RunQuery } from '../types.js';

/** How many seconds one call waits: fewer than proxies commonly allow. */
const waitStep = 20;

/** The runs of a fleet. */
export class Runs {
  readonly #http: Http;
  readonly #options: FleetClientOptions;

  constructor(http: Http, options: FleetClientOptions) {
    this.#http = http;
    this.#options = options;
  }

  /** Has a run taken. */
  async create(run: NewRun, options?: CreateOptions): Promise<CreatedRun> {
    return created(await this.#http.send<Run>('POST', 'v1/runs', { body: run }, options));
  }

  /** Has many runs taken, at most 10,000; those that are not are told of under `rejected`. */
  async createMany(runs: readonly NewRun[], options?: CreateOptions): Promise<BatchResult> {
    return (await this.#http.send<BatchResult>('POST', 'v1/runs/batch', { body: { runs } }, options)).value;
  }

  /** A run as it is now. */
  get(id: string, options?: CallOptions): Promise<Run> {
    return this.#http.get(pathOf(id), undefined, options);
  }

  /** One page of runs, newest first. */
  list(query: RunQuery = {}, options?: CallOptions): Promise<Page<Run>> {
    return this.#http.get('v1/runs', query, options);
  }

  /** All runs that a query lets through, newest first, read page by page as they are asked for. */
  async *listAll(query: RunQuery = {}, options?: CallOptions): AsyncGenerator<Run, void, undefined> {
    let next: string | null | undefined = query.cursor;
    do {
      const page: Page<Run> = await this.list({ ...query, cursor: next }, options);
      yield* page.items;
      next = page.next;
    } while (next !== null);
  }

  /** One page of a run's timeline, in order. */
  events(id: string, query: { after?: number | undefined; limit?: number | undefined } = {}, options?: CallOptions): Promise<Page<RunEvent>> {
    return this.#http.get(`${pathOf(id)}/events`, query, options);
  }

  /**
   * Waits for the end of a run, over lost connections too: the final run, or the run as it is when the time is up.
   * @param options.timeout How many seconds to wait; absent means as long as it takes.
   */
  async wait(id: string, options: CallOptions & { timeout?: number | undefined } = {}): Promise<Run> {
    const end = performance.now() + (options.timeout ?? Infinity) * 1000;
    const backoff = new Backoff(this.#options);
    while (true) {
      const rest = Math.max(0, (end - performance.now()) / 1000);
      const asked = performance.now();
      let wish = 0;
      try {
        const timeout = Math.min(rest, waitStep).toFixed(3);
        const run = await this.#http.get<Run>(`${pathOf(id)}/wait`, { timeout }, options);
        if (isFinal(run.state) || performance.now() >= end) return run;
        backoff.reset();
        // A server that is stopping may answer before the time is up.
        if (performance.now() - asked > Math.min(rest, waitStep) * 500) continue;
      } catch (error) {
        if (!(error instanceof FleetError && error.isTransient) || performance.now() >= end) throw error;
        wish = (error.retryAfter ?? 0) * 1000;
      }

      await pause(Math.min(backoff.next(wish), Math.max(0, end - performance.now())), options.signal);
    }
  }

  /** Cancels a run; one that a worker executes is told, and gets its grace time. */
  async cancel(id: string, options?: CallOptions): Promise<Run> {
    return (await this.#http.send<Run>('POST', `${pathOf(id)}/cancel`, {}, options)).value;
  }

  /** Puts a final run back into its queue. */
  async retry(id: string, options?: CallOptions): Promise<Run> {
    return (await this.#http.send<Run>('POST', `${pathOf(id)}/retry`, {}, options)).value;
  }

  /** Has a new run taken with the same job and options; `input` is merged over the old one as RFC 7386 says. */
  async fork(id: string, input?: unknown, options?: CreateOptions): Promise<CreatedRun> {
    return created(await this.#http.send<Run>('POST', `${pathOf(id)}/fork`, { body: { input } }, options));
  }

  /** Forgets a final run. */
  async delete(id: string, options?: CallOptions): Promise<void> {
    await this.#http.send('DELETE', pathOf(id), {}, options);
  }

  /** Why a run is where it is, and what would change that. */
  explain(id: string, options?: CallOptions): Promise<RunExplanation> {
    return this.#http.get(`${pathOf(id)}/explain`, undefined, options);
  }

  /** Retries, cancels or deletes all runs that match, in the background; `{}` matches every run. With `dryRun` it only counts. */
  async bulk(action: BulkAction, filter: BulkFilter, options: CreateOptions & { dryRun?: boolean | undefined } = {}): Promise<BulkReceipt> {
    const body = { action, filter, ...(options.dryRun === undefined ? {} : { dryRun: options.dryRun }) };
    return (await this.#http.send<BulkReceipt>('POST', 'v1/runs/bulk', { body }, options)).value;
  }
}

const pathOf = (id: string): string => `v1/runs/${encodeURIComponent(id)}`;

const created = ({ headers, value }: Answer<Run>): CreatedRun => ({ ...value, deduplicated: headers.get('fleet-deduplicated') === 'true' });
