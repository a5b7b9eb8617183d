import { FleetError } from './error.js';
import type { FleetProblem } from './generated/api.js';
import { baseOf, type CallOptions, type CreateOptions, type FleetClientOptions } from './options.js';

const mostTextShown = 200;

/** What a request has besides its path. */
export interface Content {
  query?: object | undefined;
  body?: unknown;
}

/** An answer that is a success. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  value: T;
}

/** Sends requests and reads answers; an answer that is an error becomes a {@link FleetError}. */
export class Http {
  readonly #base: URL;
  readonly #headers: Record<string, string>;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: FleetClientOptions) {
    this.#base = baseOf(options.url);
    this.#headers = options.headers ?? {};
    // Browsers' own wants to be called as the window's.
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  /** Reads what is at a path. */
  async get<T>(path: string, query?: object, options?: CallOptions): Promise<T> {
    return (await this.send<T>('GET', path, { query }, options)).value;
  }

  /** Sends a request and reads what it answers. */
  async send<T>(method: string, path: string, content: Content = {}, options: CreateOptions = {}): Promise<Answer<T>> {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(content.query ?? {})) {
      if (value !== undefined && value !== null) url.searchParams.set(name, value instanceof Date ? value.toISOString() : String(value));
    }

    const headers: Record<string, string> = { accept: 'application/json', ...this.#headers };
    if (content.body !== undefined) headers['content-type'] = 'application/json';
    if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
    const request: RequestInit = { method, headers, signal: options.signal ?? null };
    if (content.body !== undefined) request.body = JSON.stringify(content.body);

    const { response, text } = await this.#ask(url, request);
    const value = parse(response, text);
    if (!response.ok) throw new FleetError(isProblem(value) ? value : unexpected(response, text), { retryAfter: retryAfter(response) });
    if (response.status !== 204 && value === undefined) throw new FleetError(unexpected(response, text));
    return { status: response.status, headers: response.headers, value: value as T };
  }

  async #ask(url: URL, request: RequestInit): Promise<{ response: Response; text: string }> {
    try {
      const response = await this.#fetch(url, request);
      return { response, text: await response.text() };
    } catch (error) {
      // Whoever gave up knows why.
      if (request.signal?.aborted) throw request.signal.reason;
      throw FleetError.unreachable(url, error);
    }
  }
}

/** The JSON of an answer; undefined where it has none. */
function parse(response: Response, text: string): unknown {
  if (!/^application\/(problem\+)?json\b/.test(response.headers.get('content-type') ?? '')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is FleetProblem {
  return typeof value === 'object' && value !== null && 'type' in value && 'title' in value && 'status' in value;
}

/** Of an answer that is not Fleet's (a proxy's, say) no more is known than its status code says. */
function unexpected(response: Response, text: string): FleetProblem {
  const said = text.trim().slice(0, mostTextShown);
  return {
    type: 'about:blank',
    title: `${response.status} ${response.statusText}`.trim(),
    status: response.status,
    detail: response.ok
      ? 'The answer is not Fleet\'s JSON. Is this the address of a Fleet API?'
      : `The answer is an error that Fleet did not send${said ? `: ${said}` : '.'}`,
  };
}

/** How long to leave the server alone, in seconds. */
function retryAfter(response: Response): number | null {
  const value = response.headers.get('retry-after');
  return value !== null && /^\d+$/.test(value) ? Number(value) : null;
}
