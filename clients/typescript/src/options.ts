/** Where Fleet is, and how a {@link FleetClient} speaks to it. */
export interface FleetClientOptions {
  /** The API's address, such as `https://fleet.example.com`. Absent means the page's own origin. */
  url?: string | URL | undefined;

  /**
   * The notifier's address, where that is another one than the API's. Of several, a watch that loses one goes on with the next;
   * behind a load balancer one address is enough.
   */
  liveUrl?: string | URL | readonly (string | URL)[] | undefined;

  /** Headers that every request to the API carries. */
  headers?: Record<string, string> | undefined;

  /** What sends requests; absent means the platform's `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;

  /** How many milliseconds to pause before the first try to reconnect; each further pause is twice as long. Absent means 250. */
  reconnectDelay?: number | undefined;

  /** The longest pause between two tries, in milliseconds. Absent means 10,000. */
  maxReconnectDelay?: number | undefined;
}

/** What every call takes. */
export interface CallOptions {
  /** Gives up. */
  signal?: AbortSignal | undefined;
}

/** What calls that create something take. */
export interface CreateOptions extends CallOptions {
  /** The caller's name for the request: sent again within 24 hours, it creates nothing and gets the same answer. */
  idempotencyKey?: string | undefined;
}

/** An address as a folder that paths are below of. */
export function baseOf(url: string | URL | undefined): URL {
  const page = (globalThis as { location?: { origin: string; href: string } }).location;
  if (url === undefined && !page) throw new TypeError('Give FleetClient a url: the address of a Fleet API, such as http://127.0.0.1:8080.');
  const base = url === undefined ? new URL(page!.origin) : new URL(url, page?.href);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}
