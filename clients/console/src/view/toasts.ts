import { signal } from '@preact/signals'
import { words } from '../server/words.ts'

export interface Toast {
  id: number
  kind: 'done' | 'failed'
  text: string
  /** What can be done about it, such as undoing it. */
  action?: { label: string; run: () => void }
}

export const toasts = signal<readonly Toast[]>([])
let last = 0

/** Says what was done, for a few seconds; what failed stays until it is put away. */
export function toast(text: string, options: { kind?: Toast['kind']; action?: Toast['action']; forMs?: number } = {}): number {
  const id = ++last
  toasts.value = [...toasts.value.slice(-3), { id, kind: options.kind ?? 'done', text, action: options.action }]
  if (options.kind !== 'failed') setTimeout(() => dismiss(id), options.forMs ?? 6000)
  return id
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

/** Does something and says so; where it fails, says why. Returns whether it was done. */
export async function attempt(what: () => Promise<unknown>, done?: string, action?: Toast['action']): Promise<boolean> {
  try {
    await what()
    if (done) toast(done, { action })
    return true
  } catch (error) {
    toast(words(error), { kind: 'failed' })
    return false
  }
}
