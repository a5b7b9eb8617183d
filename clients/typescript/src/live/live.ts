import { baseOf, type FleetClientOptions } from '../options.js';
import { Connection } from './connection.js';
import { Link } from './link.js';
import type { Topic, WatchOptions } from './topic.js';

/** Everything a client watches. One link carries it all, except what a connection can watch only once, such as the feed through two filters. */
export class Live {
  readonly connection = new Connection();
  readonly #options: FleetClientOptions;
  readonly #urls: readonly URL[];
  readonly #links = new Set<Link>();
  readonly #stops = new Set<() => void>();

  constructor(options: FleetClientOptions) {
    this.#options = options;
    const urls = options.liveUrl ?? options.url;
    this.#urls = Array.isArray(urls) ? urls.map(baseOf) : [baseOf(urls as string | URL | undefined)];
    if (this.#urls.length === 0) throw new TypeError('liveUrl is an empty list: name a notifier, or leave it out.');
  }

  /** Adds a listener to a topic, which joins the one of the same subject and variant that is watched already. Call what is returned to end it. */
  watch<Listener extends WatchOptions>(topic: Topic<Listener>, listener: Listener, signal?: AbortSignal): () => void {
    if (signal?.aborted) return () => {};
    const { link, shared } = this.#place(topic);
    shared.add(listener);
    link.refresh(shared as unknown as Topic<WatchOptions>);

    const stop = (): void => {
      if (!this.#stops.delete(stop)) return;
      signal?.removeEventListener('abort', stop);
      shared.remove(listener);
      if (shared.isEmpty) link.remove(shared as unknown as Topic<WatchOptions>);
    };
    this.#stops.add(stop);
    signal?.addEventListener('abort', stop, { once: true });
    return stop;
  }

  /** Ends all watches. */
  close(): void {
    for (const stop of [...this.#stops]) stop();
  }

  #place<Listener extends WatchOptions>(topic: Topic<Listener>): { link: Link; shared: Topic<Listener> } {
    for (const link of this.#links) {
      const there = link.find(topic.subject);
      if (!there) return { link, shared: topic };
      if (there.variant === topic.variant) return { link, shared: there as unknown as Topic<Listener> };
    }

    const link: Link = new Link(this.#urls, this.#options, () => {
      if (link.isEmpty && link.state === 'offline') this.#links.delete(link);
      this.connection.update(this.#links);
    });
    this.#links.add(link);
    return { link, shared: topic };
  }
}
