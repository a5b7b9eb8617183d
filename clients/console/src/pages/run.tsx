import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Empty, Skeleton } from '../components/empty.tsx'
import { JsonView } from '../components/json-view.tsx'
import { Progress } from '../components/progress.tsx'
import { Explanation } from '../components/run/explanation.tsx'
import { Facts } from '../components/run/facts.tsx'
import { Failure } from '../components/run/failure.tsx'
import { ForkDialog } from '../components/run/fork-dialog.tsx'
import { Log } from '../components/run/log.tsx'
import { Picture } from '../components/run/picture.tsx'
import { Slider } from '../components/run/slider.tsx'
import { State } from '../components/state.tsx'
import { Elapsed } from '../components/time.tsx'
import { isFinal } from '../lib/states.ts'
import { eventsBy, momentAfter } from '../lib/timeline.ts'
import { WatchedRun } from '../server/run-watch.ts'
import { asJson, type Run } from '../server/wire.ts'
import { words } from '../server/words.ts'
import { useKeys } from '../view/keys.ts'
import { navigate } from '../view/router.ts'
import { cancelRuns, deleteRuns, retryRuns } from '../view/run-actions.ts'

/** One run, live, or as it was at any moment of its timeline. */
export function RunPage({ id }: { id: string }) {
  const watched = useMemo(() => new WatchedRun(id), [id])
  const at = useSignal<number | undefined>(undefined)
  useEffect(() => watched.start(), [watched])
  const run = watched.run.value
  const length = watched.length.value
  const events = at.value === undefined ? length : eventsBy(watched.events, at.value)
  const moment = useMemo(() => (at.value === undefined ? undefined : momentAfter(watched.events, events)), [at.value === undefined, events])
  // What the events say is newer than the record that was read before them.
  const live = useMemo(() => momentAfter(watched.events, length), [length])
  if (!run) {
    if (watched.error.value) return <Empty title="This run cannot be shown">{words(watched.error.value)}</Empty>
    return <Loading id={id} />
  }
  const state = moment?.state ?? (length > 0 ? live.state : run.state)
  const progress = moment ? moment.progress : (live.progress ?? run.progress)
  const error = moment ? moment.error : run.error
  const output = moment ? moment.output : run.output
  const shownRun: Run = { ...run, state }
  return (
    <>
      <div class="page-head">
        <a class="button ghost small" href="/runs">
          Runs
        </a>
        <h1 class="truncate">{run.job}</h1>
        <State state={state} pill />
        <span class="muted small">
          <Elapsed
            from={(moment ? moment.startedAt : run.startedAt) ?? run.createdAt}
            to={(moment ? moment.finishedAt : run.finishedAt) ?? at.value}
          />
        </span>
        <Actions run={{ ...run, state: length > 0 ? live.state : run.state }} />
      </div>
      <Progress progress={progress} ended={isFinal(state)} />
      <div class="columns run">
        <div class="stack">
          <section class="card" aria-label="Timeline">
            <div class="card-body">
              <Picture watched={watched} at={at.value} />
              <Slider watched={watched} at={at} />
            </div>
          </section>
          {at.value === undefined && !isFinal(state) && state !== 'running' && <Explanation run={shownRun} />}
          {error && <Failure error={error} />}
          <Log watched={watched} events={events} live={at.value === undefined} />
          <div class="columns">
            <JsonView title="Input" value={asJson(run.input)} />
            {state === 'succeeded' && <JsonView title="Output" value={asJson(output)} />}
          </div>
        </div>
        <Facts run={run} moment={moment} at={at.value} watchers={watched.watchers} />
      </div>
    </>
  )
}

function Actions({ run }: { run: Run }) {
  const [forking, setForking] = useState(false)
  const final = isFinal(run.state)
  const retry = (): void => void retryRuns([run])
  const cancel = (): void => void cancelRuns([run])
  useKeys(final ? { r: retry } : { c: cancel })
  return (
    <div class="actions">
      {final ? (
        <Button icon="retry" keys="r" onClick={retry}>
          Retry
        </Button>
      ) : (
        <Button icon="cancel" kind="danger" keys="c" onClick={cancel}>
          Cancel
        </Button>
      )}
      <Button icon="fork" onClick={() => setForking(true)}>
        Fork
      </Button>
      {final && (
        <Button
          icon="trash"
          kind="danger"
          label="Delete this run"
          onClick={() =>
            void deleteRuns(
              [run],
              () => () => {},
              () => navigate('/runs'),
            )
          }
        />
      )}
      {forking && <ForkDialog run={run} onClose={() => setForking(false)} />}
    </div>
  )
}

function Loading({ id }: { id: string }) {
  return (
    <>
      <div class="page-head" aria-busy="true">
        <h1>
          <Skeleton width="12rem" />
        </h1>
        <span class="visually-hidden">Run {id} is being read</span>
      </div>
      <section class="card">
        <div class="card-body" style={{ height: '9rem' }} />
      </section>
    </>
  )
}
