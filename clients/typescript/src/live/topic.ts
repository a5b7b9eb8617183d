import type { HubConnection } from '@microsoft/signalr';
import { FleetError } from '../error.js';
import type { FleetProblem } from '../generated/api.js';

/** What every watch may be given besides what it watches. */
export interface WatchOptions {
  /** Ends the watch. */
  signal?: AbortSignal | undefined;

  /** Is told when Fleet refuses the watch, after which nothing more comes. Without it the error goes to the platform's error handler. */
  onError?: ((error: FleetError) => void) | undefined;
}

/** Something that the hub is asked to watch, for all those of a client who watch it. */
export abstract class Topic<Listener extends WatchOptions> {
  /** Those who watch. */
  protected readonly listeners = new Set<Listener>();

  /** What the hub knows it as: a connection has one watch of it. */
  abstract readonly subject: string;

  /** What tells it from others of the same subject. */
  readonly variant: string = '';

  /** How the hub is told to end it, as a method and its arguments. */
  abstract readonly unwatch: readonly [method: string, ...args: unknown[]];

  /** Asks the hub to watch, and hands on what it answers; again and again, whenever it must begin anew. */
  abstract watch(hub: HubConnection): Promise<void>;

  /** Hands on a message of the hub's about it; false where it has to begin anew, because something is missing. */
  abstract receive(method: string, args: unknown[]): boolean;

  get isEmpty(): boolean {
    return this.listeners.size === 0;
  }

  add(listener: Listener): void {
    this.listeners.add(listener);
  }

  remove(listener: Listener): void {
    this.listeners.delete(listener);
  }

  /** Tells everyone that nothing more will come. */
  fail(error: FleetError): void {
    const all = [...this.listeners];
    this.listeners.clear();
    for (const listener of all) tell(listener.onError ?? report, error);
  }

  /** The error that the refusal of a call means, or null where a later call may succeed. */
  async refusal(words: string): Promise<FleetError | null> {
    if (/^The call must be /.test(words)) return refused(422, 'invalid-input', 'The request has faults', words);
    if (/^This connection has \d+ watches/.test(words)) return refused(429, 'too-many-watches', 'There are too many watches', words);
    return null;
  }
}

/** An error with the words of the hub. */
export function refused(status: number, slug: string, title: string, detail: string): FleetError {
  const problem: FleetProblem = { type: `urn:fleet:${slug}`, title, status, detail };
  return new FleetError(problem);
}

/** Calls a listener. What it throws is its owner's fault, and must not stop what comes for the others. */
export function tell<Args extends unknown[]>(listener: ((...args: Args) => void) | undefined, ...args: Args): void {
  try {
    listener?.(...args);
  } catch (error) {
    report(error);
  }
}

function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
