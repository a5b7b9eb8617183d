import { plural } from '../lib/numbers.ts'
import { isFinal } from '../lib/states.ts'
import { fleet } from '../server/fleet.ts'
import type { RunState } from '../server/wire.ts'
import { confirm } from './confirm.ts'
import { attempt, dismiss, toast } from './toasts.ts'

/** How long a deletion waits for somebody to take it back. */
const graceMs = 6000
const few = 2

export interface Subject {
  id: string
  state: RunState
}

const ids = (runs: readonly Subject[]): string[] => runs.map((run) => run.id)

/** One by one while they are few, so that each refusal is told; in the background when they are many. */
async function each(action: 'retry' | 'cancel' | 'delete', runs: readonly Subject[]): Promise<void> {
  if (runs.length > few) await fleet.runs.bulk(action, { ids: ids(runs) })
  else await Promise.all(runs.map((run) => fleet.runs[action](run.id)))
}

/** Puts final runs back into their queues. Cancelling them again takes it back. */
export async function retryRuns(all: readonly Subject[]): Promise<boolean> {
  const runs = all.filter((run) => isFinal(run.state))
  if (runs.length === 0) return nothing('Only runs that have ended can be retried.')
  if (
    runs.length > few &&
    !(await confirm({
      title: `Retry ${plural(runs.length, 'run')}?`,
      text: 'They go back into their queues, with as many attempts as they had at first.',
      action: 'Retry them',
    }))
  )
    return false
  return attempt(() => each('retry', runs), `Retrying ${plural(runs.length, 'run')}`, {
    label: 'Undo',
    run: () => void attempt(() => each('cancel', runs), `Cancelled ${plural(runs.length, 'run')} again`),
  })
}

/** Cancels what is not final. Retrying takes it back, except for what a handler had begun. */
export async function cancelRuns(all: readonly Subject[]): Promise<boolean> {
  const runs = all.filter((run) => !isFinal(run.state))
  if (runs.length === 0) return nothing('Only runs that have not ended can be cancelled.')
  const running = runs.filter((run) => run.state === 'running').length
  const text =
    running > 0
      ? `${plural(running, 'of them is', 'of them are')} running: the handler is told and gets its grace time to end.`
      : 'They leave their queues. Retrying brings them back.'
  if (
    !(await confirm({
      title: `Cancel ${plural(runs.length, 'run')}?`,
      text,
      action: runs.length === 1 ? 'Cancel the run' : 'Cancel the runs',
      danger: true,
    }))
  )
    return false
  return attempt(() => each('cancel', runs), `Cancelled ${plural(runs.length, 'run')}`, {
    label: 'Undo',
    run: () => void attempt(() => each('retry', runs), `Retrying ${plural(runs.length, 'run')}`),
  })
}

/** Forgets final runs. The server cannot take that back, so it is told only when nobody has for a few seconds. */
export async function deleteRuns(all: readonly Subject[], hide: (ids: string[]) => () => void, deleted?: () => void): Promise<boolean> {
  const runs = all.filter((run) => isFinal(run.state))
  if (runs.length === 0) return nothing('Only runs that have ended can be deleted. Cancel them first.')
  if (
    !(await confirm({
      title: `Delete ${plural(runs.length, 'run')}?`,
      text: 'Their record, timeline and log are forgotten.',
      action: 'Delete',
      danger: true,
    }))
  )
    return false
  const show = hide(ids(runs))
  const timer = setTimeout(async () => {
    if (await attempt(() => each('delete', runs))) deleted?.()
    else show()
  }, graceMs)
  const id = toast(`Deleted ${plural(runs.length, 'run')}`, {
    forMs: graceMs - 500,
    action: {
      label: 'Undo',
      run: () => {
        clearTimeout(timer)
        dismiss(id)
        show()
      },
    },
  })
  return true
}

function nothing(text: string): false {
  toast(text)
  return false
}
