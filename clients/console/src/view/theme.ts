import { effect, signal } from '@preact/signals'

export type Theme = 'light' | 'dark'
const key = 'fleet.theme'
const system = matchMedia('(prefers-color-scheme: dark)')
const chosen = signal<Theme | null>(stored())
const preferred = signal<Theme>(system.matches ? 'dark' : 'light')

export const theme = (): Theme => chosen.value ?? preferred.value

/** Switches to the other theme. What the system prefers needs no remembering. */
export function toggleTheme(): void {
  const next = theme() === 'dark' ? 'light' : 'dark'
  chosen.value = next === preferred.value ? null : next
  if (chosen.value) localStorage.setItem(key, chosen.value)
  else localStorage.removeItem(key)
}

export function applyTheme(): void {
  system.addEventListener('change', (event) => (preferred.value = event.matches ? 'dark' : 'light'))
  effect(() => {
    document.documentElement.dataset.theme = theme()
  })
}

function stored(): Theme | null {
  const value = localStorage.getItem(key)
  return value === 'light' || value === 'dark' ? value : null
}
