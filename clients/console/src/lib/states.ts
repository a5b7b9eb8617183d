import type { RunState } from '../server/wire.ts'

/** Every state, in the order of a run's life. */
export const states: readonly RunState[] = ['scheduled', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired', 'skipped']

const final = new Set<RunState>(['succeeded', 'failed', 'cancelled', 'expired', 'skipped'])

/** Whether a run in this state leaves it only by an explicit retry. */
export const isFinal = (state: RunState): boolean => final.has(state)

export const isState = (text: string | null): text is RunState => states.includes(text as RunState)
