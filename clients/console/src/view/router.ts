import { computed, signal } from '@preact/signals'
import { match, type Match } from './routes.ts'

const read = (): URL => new URL(location.href)
const address = signal(read())

/** Which page is shown; undefined for an address that is none's. */
export const route = computed<Match | undefined>(() => match(address.value.pathname))
export const path = computed(() => address.value.pathname)
export const query = computed(() => address.value.searchParams)

/** Goes to another page. What the view shows is in its address, so back and forward work, and a link can be sent to somebody. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === address.value.pathname + address.value.search) return
  history[options.replace ? 'replaceState' : 'pushState'](null, '', to)
  const before = address.value.pathname
  address.value = read()
  if (address.value.pathname !== before) scrollTo(0, 0)
}

/** Changes parameters of the query; an empty one goes away. Typing replaces, choosing pushes. */
export function setQuery(changes: Record<string, string | undefined>, options: { replace?: boolean } = {}): void {
  const parameters = new URLSearchParams(query.value)
  for (const [name, value] of Object.entries(changes)) {
    if (value) parameters.set(name, value)
    else parameters.delete(name)
  }
  navigate(parameters.size > 0 ? `${path.value}?${parameters}` : path.value, options)
}

/** Follows back, forward, and links of this page without loading it anew. */
export function listen(): void {
  addEventListener('popstate', () => (address.value = read()))
  document.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest('a')
    if (!link || link.target || link.download || event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    if (link.origin !== location.origin || !match(link.pathname) || link.getAttribute('href')?.startsWith('#')) return
    event.preventDefault()
    navigate(link.pathname + link.search)
  })
}
