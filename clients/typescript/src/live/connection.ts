/**
 * How a client's watches stand:
 * - `connecting`: the first connection is being made;
 * - `catching-up`: connected, and what was missed is being read;
 * - `live`: everything is shown as it happens;
 * - `offline`: the connection is lost and is tried again by itself, for ever; also while nothing is watched.
 */
export type ConnectionState = 'connecting' | 'live' | 'catching-up' | 'offline';

/** Where something stands that a client watches over. */
export interface Standing {
  state: ConnectionState;
  error: Error | null;
}

const worstFirst: readonly ConnectionState[] = ['offline', 'connecting', 'catching-up', 'live'];

/** Says how a client's watches stand. */
export class Connection {
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  #standing: Standing = { state: 'offline', error: null };

  /** The state now. */
  get state(): ConnectionState {
    return this.#standing.state;
  }

  /** Why it is offline, where that is known. */
  get error(): Error | null {
    return this.#standing.error;
  }

  /** Has a listener told of every change, and of the state now. Call what is returned to end that. */
  subscribe(listener: (state: ConnectionState) => void): () => void {
    const own = (state: ConnectionState): void => listener(state);
    this.#listeners.add(own);
    own(this.state);
    return () => void this.#listeners.delete(own);
  }

  /** @internal The client is as well off as the worst of its links. */
  update(links: Iterable<Standing>): void {
    let worst: Standing | undefined;
    for (const link of links) {
      if (!worst || worstFirst.indexOf(link.state) < worstFirst.indexOf(worst.state)) worst = link;
    }

    const before = this.state;
    this.#standing = { state: worst?.state ?? 'offline', error: worst?.error ?? null };
    if (this.state === before) return;
    for (const listener of [...this.#listeners]) listener(this.state);
  }
}
