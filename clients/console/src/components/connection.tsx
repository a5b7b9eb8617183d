import { connection } from '../server/fleet.ts'
import type { ConnectionState } from '../server/wire.ts'

const words: Record<ConnectionState, [string, string]> = {
  live: ['Live', 'Everything is shown as it happens.'],
  connecting: ['Connecting', 'The live connection is being made.'],
  'catching-up': ['Catching up', 'Connected again; what was missed is being read.'],
  offline: ['Offline', 'The live connection is lost. It is tried again by itself; what is shown may be old.'],
}

/** Whether what is shown is what is. */
export function ConnectionIndicator() {
  const [name, hint] = words[connection.value]
  return (
    <span class="connection" data-state={connection.value} title={hint} role="status">
      <span class="dot" aria-hidden="true" />
      <span class="words">{name}</span>
      <span class="visually-hidden">{hint}</span>
    </span>
  )
}
