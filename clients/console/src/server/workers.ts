import { computed, signal } from '@preact/signals'
import { fleet } from './fleet.ts'
import type { WorkerInfo } from './wire.ts'

/** A worker as the page shows it. One that went stays in sight for a while, so that one can see which. */
export interface ShownWorker extends WorkerInfo {
  standing: 'connected' | 'draining' | 'left' | 'lost'
}

const keptAfterEnd = 10 * 60_000
const refreshEvery = 2000
const byId = signal<ReadonlyMap<string, ShownWorker>>(new Map())

export const loaded = signal(false)
export const workers = computed(() => [...byId.value.values()].sort((one, other) => (one.id < other.id ? -1 : 1)))
export const living = computed(() => workers.value.filter((worker) => worker.standing === 'connected' || worker.standing === 'draining'))
export const slots = computed(() => ({
  total: living.value.reduce((sum, worker) => sum + worker.slots, 0),
  used: living.value.reduce((sum, worker) => sum + worker.running.length, 0),
}))

/** Takes the list of those who live: the others have gone, whenever that was. */
function takeAll(list: readonly WorkerInfo[]): void {
  const next = new Map<string, ShownWorker>()
  const present = new Set(list.map((worker) => worker.id))
  for (const worker of byId.value.values()) {
    if (present.has(worker.id)) continue
    const gone =
      worker.standing === 'connected' || worker.standing === 'draining' ? { ...worker, standing: 'left' as const, running: [] } : worker
    if (Date.now() - Date.parse(gone.lastSeenAt) < keptAfterEnd) next.set(worker.id, gone)
  }
  for (const worker of list) next.set(worker.id, { ...worker, standing: worker.state })
  byId.value = next
  loaded.value = true
}

const standings = { connected: 'connected', draining: 'draining', disconnected: 'left', timeout: 'lost' } as const

/** Watches the workers for as long as the page lives: who comes and goes is pushed, what each runs is read. */
export function watchWorkers(): void {
  fleet.watchWorkers({
    onSnapshot: takeAll,
    onWorker: ({ type, worker }) => {
      const standing = type === 'updated' ? worker.state : standings[type]
      const running = standing === 'connected' || standing === 'draining' ? worker.running : []
      byId.value = new Map(byId.value).set(worker.id, { ...worker, running, standing })
    },
    onError: () => {},
  })
}

export async function refreshWorkers(): Promise<void> {
  takeAll(await fleet.workers.list())
}

/** Reads what the workers run, again and again while somebody looks. */
export function pollWorkers(): () => void {
  const turn = (): void => void (document.hidden || refreshWorkers().catch(() => {}))
  const timer = setInterval(turn, refreshEvery)
  turn()
  return () => clearInterval(timer)
}
