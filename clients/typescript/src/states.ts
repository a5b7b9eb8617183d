import type { EventType, RunState } from './generated/api.js';

const final: ReadonlySet<string> = new Set<RunState & EventType>(['succeeded', 'failed', 'cancelled', 'expired', 'skipped']);

/** Whether a run leaves this state only by an explicit retry; of an event, whether it leads to such a state. */
export function isFinal(state: RunState | EventType): boolean {
  return final.has(state);
}
