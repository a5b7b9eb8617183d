import type { JobInfo, PurgeResult, QueueInfo, WorkerInfo } from '../generated/api.js';
import type { Http } from '../http.js';
import type { CallOptions } from '../options.js';
import { itemsOf } from './items.js';

/** The jobs that workers announced. */
export class Jobs {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** All of them, by name. */
  list(options?: CallOptions): Promise<JobInfo[]> {
    return itemsOf(this.#http, 'v1/jobs', {}, options);
  }

  /** One of them. */
  get(name: string, options?: CallOptions): Promise<JobInfo> {
    return this.#http.get(`v1/jobs/${encodeURIComponent(name)}`, undefined, options);
  }
}

/** The queues ever used. */
export class Queues {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** All of them, by name, and how full they are. */
  list(options?: CallOptions): Promise<QueueInfo[]> {
    return itemsOf(this.#http, 'v1/queues', {}, options);
  }

  /** Has the workers take nothing more from a queue, within a second; what runs goes on. */
  async pause(queue: string, options?: CallOptions): Promise<QueueInfo> {
    return (await this.#http.send<QueueInfo>('POST', `${pathOf(queue)}/pause`, {}, options)).value;
  }

  /** Has the workers take runs from a queue again. */
  async resume(queue: string, options?: CallOptions): Promise<QueueInfo> {
    return (await this.#http.send<QueueInfo>('POST', `${pathOf(queue)}/resume`, {}, options)).value;
  }

  /** Cancels what waits in a queue; what runs goes on. */
  async purge(queue: string, options?: CallOptions): Promise<PurgeResult> {
    return (await this.#http.send<PurgeResult>('DELETE', `${pathOf(queue)}/runs`, {}, options)).value;
  }
}

const pathOf = (queue: string): string => `v1/queues/${encodeURIComponent(queue)}`;

/** The workers that live. */
export class Workers {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** All of them, by name. */
  list(options?: CallOptions): Promise<WorkerInfo[]> {
    return itemsOf(this.#http, 'v1/workers', {}, options);
  }

  /** Has a worker take nothing more until it is started anew; what it runs goes on. */
  async drain(worker: string, options?: CallOptions): Promise<WorkerInfo> {
    return (await this.#http.send<WorkerInfo>('POST', `v1/workers/${encodeURIComponent(worker)}/drain`, {}, options)).value;
  }
}
