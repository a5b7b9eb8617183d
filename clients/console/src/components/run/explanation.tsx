import { fleet } from '../../server/fleet.ts'
import { usePoll } from '../../server/poll.ts'
import type { Run } from '../../server/wire.ts'

/** Why a run that is not running is not, as the server explains it. */
export function Explanation({ run }: { run: Run }) {
  const { reading } = usePoll((signal) => fleet.runs.explain(run.id, { signal }), 3000, [run.id, run.seq])
  const reasons = reading.value.data?.reasons
  if (!reasons) return null
  return (
    <section class="card explanation" aria-label="Why it is not running">
      <header>
        <h2>Why it is not running</h2>
      </header>
      <ul class="card-body stack">
        {reasons.map((reason) => (
          <li key={reason.code}>{reason.text}</li>
        ))}
      </ul>
    </section>
  )
}
