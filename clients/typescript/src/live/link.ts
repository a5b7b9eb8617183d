import { HttpTransportType, HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection } from '@microsoft/signalr';
import { Backoff } from '../backoff.js';
import type { FleetClientOptions } from '../options.js';
import type { ConnectionState, Standing } from './connection.js';
import type { Topic, WatchOptions } from './topic.js';

/** What the hub sends. */
const messages = ['RunEvent', 'Watchers', 'Feed', 'Counts', 'Page', 'Worker', 'Queues', 'Resync', 'Notice'] as const;

/** How many milliseconds a connection may take to be made; browsers would wait for minutes. */
const longestStart = 15_000;

type AnyTopic = Topic<WatchOptions>;

type Message = [method: string, args: unknown[]];

/**
 * One connection to the hub and what is watched over it: made with the first topic, made again whenever it is lost, and closed with
 * the last.
 */
export class Link implements Standing {
  readonly #urls: readonly URL[];
  readonly #backoff: Backoff;
  readonly #changed: () => void;
  readonly #topics = new Map<string, AnyTopic>();
  /** Topics whose watch has to begin anew. */
  readonly #stale = new Set<AnyTopic>();
  /** Topics that begin anew just now, with what came for them meanwhile: it may follow the answer that is still to be read. */
  readonly #busy = new Map<AnyTopic, Message[]>();
  readonly #resting = new Set<() => void>();
  #hub: HubConnection | null = null;
  #close: (() => void) | null = null;
  #attempts: number;
  #running = false;

  state: ConnectionState = 'offline';
  error: Error | null = null;

  constructor(urls: readonly URL[], options: FleetClientOptions, changed: () => void) {
    this.#urls = urls;
    this.#backoff = new Backoff(options);
    this.#changed = changed;
    // Clients that know several servers begin with different ones.
    this.#attempts = Math.floor(Math.random() * urls.length);
  }

  get isEmpty(): boolean {
    return this.#topics.size === 0;
  }

  /** The topic of a subject, where there is one. */
  find(subject: string): AnyTopic | undefined {
    return this.#topics.get(subject);
  }

  /** Watches a topic, or begins it anew. */
  refresh(topic: AnyTopic): void {
    this.#topics.set(topic.subject, topic);
    this.#stale.add(topic);
    if (!this.#running) void this.#run();
    else if (this.#hub) void this.#watch(topic, this.#hub);
  }

  /** Ends the watch of a topic. */
  remove(topic: AnyTopic): void {
    if (this.#topics.get(topic.subject) !== topic) return;
    this.#topics.delete(topic.subject);
    this.#stale.delete(topic);
    // A connection that is lost meanwhile has ended the watch as well.
    if (this.#hub?.state === HubConnectionState.Connected) this.#hub.send(...topic.unwatch as [string, ...unknown[]]).catch(() => {});
    // Whoever replaces one watch with another keeps the connection.
    setTimeout(() => this.#leave(), 0);
    this.#settle();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#become('connecting');
    const page = globalThis as { addEventListener?: typeof addEventListener; removeEventListener?: typeof removeEventListener };
    page.addEventListener?.('online', this.#hurry);
    while (!this.isEmpty) {
      const hub = this.#create();
      const lost = new Promise<Error | undefined>((resolve) => hub.onclose(resolve));
      let isDone = false;
      try {
        await this.#start(hub);
        if (this.isEmpty) break;
        this.#hub = hub;
        this.#become('catching-up');
        for (const topic of this.#topics.values()) {
          this.#stale.add(topic);
          void this.#watch(topic, hub);
        }

        const done = new Promise<void>((resolve) => (this.#close = resolve));
        this.error = await Promise.race([lost, done.then(() => void (isDone = true))]) ?? null;
      } catch (error) {
        this.error = error as Error;
      } finally {
        this.#hub = this.#close = null;
        await hub.stop().catch(() => {});
      }

      if (this.isEmpty) break;
      // Something came to be watched while the connection was being closed.
      if (isDone) {
        this.#become('connecting');
        continue;
      }

      this.#become('offline');
      await this.#rest(this.#backoff.next());
    }

    page.removeEventListener?.('online', this.#hurry);
    this.#running = false;
    this.error = null;
    this.#become('offline');
  }

  #create(): HubConnection {
    const url = new URL('hubs/runs', this.#urls[this.#attempts++ % this.#urls.length]);
    const hub = new HubConnectionBuilder()
      // Without negotiation any replica serves any connection.
      .withUrl(url.href, { skipNegotiation: true, transport: HttpTransportType.WebSockets })
      .configureLogging(LogLevel.None)
      .build();
    for (const method of messages) hub.on(method, (...args: unknown[]) => this.#receive(hub, method, args));
    return hub;
  }

  async #start(hub: HubConnection): Promise<void> {
    this.#close = () => void hub.stop();
    const timer = setTimeout(this.#close, longestStart);
    try {
      await hub.start();
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(hub: HubConnection, method: string, args: unknown[]): void {
    if (hub !== this.#hub) return;
    for (const topic of [...this.#topics.values()]) {
      const later = this.#busy.get(topic);
      if (later) later.push([method, args]);
      else if (!topic.receive(method, args)) this.refresh(topic);
    }
  }

  /** Has the hub watch a topic from where its listeners stand; one call at a time, and another if it became stale meanwhile. */
  async #watch(topic: AnyTopic, hub: HubConnection): Promise<void> {
    if (this.#busy.has(topic)) return;
    const later: Message[] = [];
    this.#busy.set(topic, later);
    this.#settle();
    const backoff = new Backoff({});
    while (hub === this.#hub && this.#stale.delete(topic)) {
      try {
        await topic.watch(hub);
        for (const [method, args] of later.splice(0)) {
          if (!topic.receive(method, args)) this.#stale.add(topic);
        }
      } catch (error) {
        if (hub !== this.#hub || hub.state !== HubConnectionState.Connected) break;
        const refusal = await topic.refusal(wordsOf(error as Error));
        if (this.#topics.get(topic.subject) !== topic) break;
        if (refusal) {
          this.remove(topic);
          topic.fail(refusal);
          break;
        }

        this.#stale.add(topic);
        await this.#rest(backoff.next());
      }
    }

    this.#busy.delete(topic);
    // Another connection may have come, and found it busy.
    if (this.#topics.get(topic.subject) === topic && this.#stale.has(topic) && this.#hub) void this.#watch(topic, this.#hub);
    else this.#settle();
  }

  /** Live is who has nothing left to begin. */
  #settle(): void {
    if (!this.#hub || this.isEmpty) return;
    const isLive = [...this.#topics.values()].every((topic) => !this.#stale.has(topic) && !this.#busy.has(topic));
    if (isLive) this.#backoff.reset();
    this.#become(isLive ? 'live' : 'catching-up');
  }

  #become(state: ConnectionState): void {
    if (state === 'live') this.error = null;
    this.state = state;
    this.#changed();
  }

  /** Waits before another try, unless there is reason to hurry. */
  #rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#resting.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      this.#resting.add(finish);
    });
  }

  /** The network is back, or nobody waits any more. */
  readonly #hurry = (): void => {
    for (const finish of [...this.#resting]) finish();
  };

  #leave(): void {
    if (!this.isEmpty) return;
    this.#close?.();
    this.#hurry();
  }
}

/** What the hub said, without what its client puts before it; empty where it said nothing of its own. */
function wordsOf(error: Error): string {
  const mark = 'HubException: ';
  const begin = error.message.indexOf(mark);
  return begin < 0 ? '' : error.message.slice(begin + mark.length);
}
