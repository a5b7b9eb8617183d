import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { states } from '../../lib/states.ts'
import { count } from '../../lib/numbers.ts'
import { counts, jobs, queues } from '../../server/overall.ts'
import { navigate, setQuery } from '../../view/router.ts'
import { runHref } from '../../view/routes.ts'
import { runsView } from '../../view/run-filter.ts'
import { Icon } from '../icon.tsx'
import { StateIcon } from '../state.tsx'

const spans: [string, string][] = [
  ['', 'Any time'],
  ['15m', 'Last 15 minutes'],
  ['1h', 'Last hour'],
  ['24h', 'Last day'],
  ['7d', 'Last week'],
  ['custom', 'Between …'],
]
const runId = /^[0-9A-HJKMNP-TV-Z]{26}$/i

/** What the list is narrowed to. All of it is in the address. */
export function RunFilters({ search }: { search: RefObject<HTMLInputElement | null> }) {
  const view = runsView.value
  useEffect(() => queues.start(), [])
  const [open, setOpen] = useState(false)
  const custom = view.since.includes('T') || view.until !== ''
  return (
    <div class="stack">
      <div class="segments states" role="group" aria-label="State" tabIndex={0}>
        <button aria-pressed={view.state === ''} onClick={() => setQuery({ state: '' })}>
          All
        </button>
        {states.map((state) => (
          <button key={state} aria-pressed={view.state === state} onClick={() => setQuery({ state })}>
            <span class={`state ${state}`}>
              <StateIcon state={state} />
            </span>
            {state}
            {counts.value && <span class="muted xs">{count(counts.value[state] ?? 0)}</span>}
          </button>
        ))}
      </div>
      <div class={open ? 'filters more open' : 'filters more'}>
        <Search input={search} />
        <button class="button small more-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Fewer filters' : 'More filters'}
        </button>
        <Choice
          label="Job"
          value={view.job}
          options={(jobs.reading.value.data ?? []).map((job) => job.name)}
          onChange={(job) => setQuery({ job })}
        />
        <Choice
          label="Queue"
          value={view.queue}
          options={(queues.reading.value.data ?? []).map((queue) => queue.name)}
          onChange={(queue) => setQuery({ queue })}
        />
        <Tag />
        <select
          class="select"
          aria-label="Time"
          value={custom ? 'custom' : view.since}
          onChange={(event) => {
            const value = event.currentTarget.value
            setQuery(
              value === 'custom'
                ? { since: new Date(Date.now() - 3_600_000).toISOString(), until: new Date().toISOString() }
                : { since: value, until: '' },
            )
          }}
        >
          {spans.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        {custom && (
          <>
            <Moment label="From" value={view.since} onChange={(since) => setQuery({ since })} />
            <Moment label="To" value={view.until} onChange={(until) => setQuery({ until })} />
          </>
        )}
        <select
          class="select"
          aria-label="Order"
          value={view.sort}
          onChange={(event) => setQuery({ sort: event.currentTarget.value === 'time' ? 'time' : '' })}
        >
          <option value="created">Newest first</option>
          <option value="time">By due time</option>
        </select>
        <label class="check">
          <input
            type="checkbox"
            checked={view.grouped}
            onChange={(event) => setQuery({ group: event.currentTarget.checked ? 'retries' : '' })}
          />
          Group retries
        </label>
      </div>
    </div>
  )
}

/** Filters by what an id contains; a whole id goes to its run. What is typed is the widget's own until typing pauses. */
function Search({ input }: { input: RefObject<HTMLInputElement | null> }) {
  const view = runsView.value
  const [text, setText] = useState(view.text)
  useEffect(() => {
    if (document.activeElement !== input.current) setText(view.text)
  }, [view.text])
  useEffect(() => {
    const timer = setTimeout(() => setQuery({ q: text.trim() }, { replace: true }), 150)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={input}
        class="input"
        type="search"
        placeholder="Part of an id, or a whole one"
        aria-label="Search by id"
        aria-keyshortcuts="/"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
          if (event.key === 'Enter' && runId.test(text.trim())) navigate(runHref(text.trim().toUpperCase()))
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  )
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: string
  options: string[]
  onChange: (value: string) => void
}) {
  const all = value && !options.includes(value) ? [value, ...options] : options
  return (
    <select class="select" aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">Any {label.toLowerCase()}</option>
      {all.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  )
}

function Tag() {
  const view = runsView.value
  const [text, setText] = useState(view.tag)
  useEffect(() => setText(view.tag), [view.tag])
  return (
    <input
      class="input"
      style={{ width: '8rem' }}
      placeholder="Tag"
      aria-label="Tag"
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
      onChange={() => setQuery({ tag: text.trim() })}
      onKeyDown={(event) => event.key === 'Enter' && setQuery({ tag: text.trim() })}
    />
  )
}

function Moment({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const at = Date.parse(value)
  const local = Number.isNaN(at) ? '' : new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
  return (
    <input
      class="input"
      type="datetime-local"
      aria-label={label}
      value={local}
      onChange={(event) => onChange(event.currentTarget.value ? new Date(event.currentTarget.value).toISOString() : '')}
    />
  )
}
