import type { NewSchedule, Run, Schedule, SchedulePreview } from '../generated/api.js';
import type { Http } from '../http.js';
import type { CallOptions } from '../options.js';
import { itemsOf } from './items.js';

/** The schedules. */
export class Schedules {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** All of them, by name, each with its next ten times. */
  list(options?: CallOptions): Promise<Schedule[]> {
    return itemsOf(this.#http, 'v1/schedules', {}, options);
  }

  /** One of them. */
  get(name: string, options?: CallOptions): Promise<Schedule> {
    return this.#http.get(pathOf(name), undefined, options);
  }

  /** Creates a schedule, or replaces it as a whole and moves its next time at once. */
  async put(name: string, schedule: NewSchedule, options?: CallOptions): Promise<Schedule> {
    return (await this.#http.send<Schedule>('PUT', pathOf(name), { body: schedule }, options)).value;
  }

  /** When a schedule would tick; stores nothing. Only what says when is looked at. */
  async preview(schedule: Partial<NewSchedule>, options?: CallOptions): Promise<string[]> {
    return (await this.#http.send<SchedulePreview>('POST', 'v1/schedules/preview', { body: schedule }, options)).value.next;
  }

  /** Forgets a schedule; the runs that it created stay. */
  async delete(name: string, options?: CallOptions): Promise<void> {
    await this.#http.send('DELETE', pathOf(name), {}, options);
  }

  /** Has a schedule create a run now. It counts as no tick. */
  async trigger(name: string, options?: CallOptions): Promise<Run> {
    return (await this.#http.send<Run>('POST', `${pathOf(name)}/trigger`, {}, options)).value;
  }

  /** Stops a schedule's ticks until it is resumed. */
  async pause(name: string, options?: CallOptions): Promise<Schedule> {
    return (await this.#http.send<Schedule>('POST', `${pathOf(name)}/pause`, {}, options)).value;
  }

  /** Lets a schedule tick again. */
  async resume(name: string, options?: CallOptions): Promise<Schedule> {
    return (await this.#http.send<Schedule>('POST', `${pathOf(name)}/resume`, {}, options)).value;
  }
}

const pathOf = (name: string): string => `v1/schedules/${encodeURIComponent(name)}`;
