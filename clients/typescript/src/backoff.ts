import type { FleetClientOptions } from './options.js';

/** Pauses between tries to reach a server that does not answer: longer each time, and never for many clients at once. */
export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  #failures = 0;

  constructor(options: FleetClientOptions) {
    this.#first = options.reconnectDelay ?? 250;
    this.#longest = options.maxReconnectDelay ?? 10_000;
  }

  /** The server answered. */
  reset(): void {
    this.#failures = 0;
  }

  /** Counts a failure and says how many milliseconds to pause, at least as many as the server asked for. */
  next(atLeast = 0): number {
    const longest = Math.min(this.#first * 2 ** this.#failures++, this.#longest);
    return Math.max(longest * (0.5 + Math.random() / 2), atLeast);
  }
}

/** Waits for some milliseconds. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(finish, milliseconds);
    signal?.addEventListener('abort', finish, { once: true });

    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    }
  });
}
