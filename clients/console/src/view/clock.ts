import { signal } from '@preact/signals'

/** The time, moved on once a second, for whatever tells how long something takes or how long ago it was. */
export const now = signal(Date.now())

export function startClock(): void {
  setInterval(() => (now.value = Date.now()), 1000)
}
