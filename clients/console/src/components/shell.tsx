import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { count } from '../lib/numbers.ts'
import { connection } from '../server/fleet.ts'
import { counts } from '../server/overall.ts'
import { route } from '../view/router.ts'
import { routes, type RouteName } from '../view/routes.ts'
import { theme, toggleTheme } from '../view/theme.ts'
import { Button } from './button.tsx'
import { ConnectionIndicator } from './connection.tsx'
import { Icon, type IconName } from './icon.tsx'

interface Entry {
  name: RouteName
  label: string
  icon: IconName
  /** The pages that are below this one. */
  also?: RouteName[]
}

const entries: Entry[] = [
  { name: 'overview', label: 'Overview', icon: 'overview' },
  { name: 'runs', label: 'Runs', icon: 'runs', also: ['run', 'new'] },
  { name: 'failed', label: 'Failed', icon: 'failed' },
  { name: 'queues', label: 'Queues', icon: 'queues' },
  { name: 'workers', label: 'Workers', icon: 'workers' },
  { name: 'schedules', label: 'Schedules', icon: 'schedules', also: ['schedule'] },
  { name: 'jobs', label: 'Jobs', icon: 'jobs', also: ['job'] },
]

/** What surrounds every page: where one is, where one can go, whether it is live. */
export function Shell({ children, fill }: { children: ComponentChildren; fill?: boolean }) {
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="sidebar">
        <a class="brand" href="/" aria-label="Fleet, overview">
          <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
            <rect width="22" height="22" rx="6" fill="currentColor" />
            <path d="M6 7h7M6 11h10M6 15h5" stroke="var(--bg)" stroke-width="2" stroke-linecap="round" />
          </svg>
          <span>Fleet</span>
        </a>
        <nav class="nav" aria-label="Pages">
          {entries.map((entry) => (
            <NavLink key={entry.name} entry={entry} />
          ))}
        </nav>
        <div class="sidebar-foot">
          <ConnectionIndicator />
          <Button
            kind="ghost"
            icon={theme() === 'dark' ? 'sun' : 'moon'}
            label={theme() === 'dark' ? 'Light colours' : 'Dark colours'}
            onClick={toggleTheme}
          />
        </div>
      </header>
      <main id="main" class={fill ? 'main fill' : 'main'} tabIndex={-1}>
        {connection.value === 'offline' && (
          <p class="offline-banner" role="alert">
            The connection to Fleet is lost. What you see may be old; it goes on by itself as soon as Fleet answers again.
          </p>
        )}
        {children}
      </main>
    </div>
  )
}

function NavLink({ entry }: { entry: Entry }) {
  const current = route.value?.name
  const isHere = current === entry.name || (current !== undefined && entry.also?.includes(current))
  const link = useRef<HTMLAnchorElement>(null)
  const failed = counts.value?.failed ?? 0
  // On a phone the navigation scrolls sideways, and the badge moves what comes after it.
  useEffect(() => {
    if (isHere) link.current?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [isHere, failed > 0])
  return (
    <a ref={link} href={routes[entry.name]} aria-current={isHere ? 'page' : undefined}>
      <Icon name={entry.icon} />
      {entry.label}
      {entry.name === 'failed' && failed > 0 && <span class="badge failed">{count(failed)}</span>}
    </a>
  )
}
