import { effect } from '@preact/signals'
import { counts, stats } from '../server/overall.ts'

/** Shows in the tab whether runs fail at the moment, or at least run. */
export function showInTab(): void {
  effect(() => {
    const failing = (stats.reading.value.data?.rates.failed ?? 0) > 0
    const running = (counts.value?.running ?? 0) > 0
    const icon = `/favicon${failing ? '-failing' : running ? '-running' : ''}.svg`
    const link = document.querySelector<HTMLLinkElement>('#favicon')
    if (link && link.getAttribute('href') !== icon) link.href = icon
  })
}
