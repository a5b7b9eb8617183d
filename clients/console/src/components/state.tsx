import type { RunState } from '../server/wire.ts'

/** Each state has a shape of its own, so that it can be told without its colour. */
const shapes: Record<RunState, string> = {
  scheduled: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5.2V8l1.8 1.4',
  queued: 'M3 8h.01M8 8h.01M13 8h.01',
  running: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  succeeded: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM5.6 8.2l1.7 1.7 3.2-3.6',
  failed: 'M5.7 2.5h4.6l3.2 3.2v4.6l-3.2 3.2H5.7l-3.2-3.2V5.7zM6.2 6.2l3.6 3.6M9.8 6.2L6.2 9.8',
  cancelled: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM4.2 11.8l7.6-7.6',
  expired: 'M4.5 2.5h7M4.5 13.5h7M5.5 2.5c0 3 5 4 5 5.5s-5 2.5-5 5.5M10.5 2.5c0 3-5 4-5 5.5s5 2.5 5 5.5',
  skipped: 'M3.5 4l4 4-4 4M8.5 4l4 4-4 4',
}

export function StateIcon({ state }: { state: RunState }) {
  return (
    <svg
      class={state === 'running' ? 'turning' : undefined}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width={state === 'queued' ? 2.4 : 1.6}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={shapes[state]} />
    </svg>
  )
}

/** A state in its colour, shape and word. */
export function State({ state, pill }: { state: RunState; pill?: boolean }) {
  return (
    <span class={`state ${state}${pill ? ' pill' : ''}`}>
      <StateIcon state={state} />
      <span>{state}</span>
    </span>
  )
}
