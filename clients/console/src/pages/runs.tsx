import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Icon } from '../components/icon.tsx'
import { RunFilters } from '../components/runs/filters.tsx'
import { SelectionBar } from '../components/runs/selection-bar.tsx'
import { RunsTable } from '../components/runs/table.tsx'
import { RunList } from '../server/run-list.ts'
import { useKeys } from '../view/keys.ts'
import { href } from '../view/routes.ts'
import { filterKey, listFilter, runsView } from '../view/run-filter.ts'

/** All runs, live. */
export function RunsPage() {
  const key = filterKey.value
  const search = useRef<HTMLInputElement>(null)
  const selected = useSignal<ReadonlySet<string>>(new Set())
  const list = useMemo(() => new RunList(listFilter(key)), [key])
  useEffect(() => {
    selected.value = new Set()
    return list.start()
  }, [list])
  useKeys({ '/': () => search.current?.focus() })
  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
        <div class="actions">
          <a class="button primary" href={href('/new', { job: runsView.value.job })}>
            <Icon name="plus" /> New run
          </a>
        </div>
      </div>
      <RunFilters search={search} />
      <section class="card grid" aria-label="Runs">
        <RunsTable list={list} selected={selected} />
        <SelectionBar list={list} selected={selected} />
      </section>
    </>
  )
}
