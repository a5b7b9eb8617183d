import { useMemo, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Empty } from '../components/empty.tsx'
import { Field } from '../components/forms/field.tsx'
import { InputEditor } from '../components/forms/input-editor.tsx'
import { RunOptions, type Options } from '../components/forms/run-options.tsx'
import { Snippets } from '../components/forms/snippets.tsx'
import { initial, type Schema } from '../lib/schema.ts'
import { validate, type Faults } from '../lib/validate.ts'
import { fleet } from '../server/fleet.ts'
import { jobs } from '../server/overall.ts'
import { faultsOf, words } from '../server/words.ts'
import type { JobInfo, Json, NewRun } from '../server/wire.ts'
import { useDraft } from '../view/draft.ts'
import { navigate, query, setQuery } from '../view/router.ts'
import { runHref } from '../view/routes.ts'
import { toast } from '../view/toasts.ts'

/** Starts a run. */
export function NewRunPage() {
  const all = jobs.reading.value.data
  const name = query.value.get('job') ?? ''
  const job = all?.find((one) => one.name === name)
  return (
    <>
      <div class="page-head">
        <h1>New run</h1>
      </div>
      {all?.length === 0 ? (
        <Empty title="No worker has announced a job yet" command="./fleet worker">
          Start a worker; its jobs appear here by themselves.
        </Empty>
      ) : (
        <section class="card" aria-label="Job">
          <div class="card-body">
            <Field id="job" label="Job" hint={job?.description ?? 'What the run is to do.'}>
              <select
                id="job"
                class="select"
                value={name}
                onChange={(event) => setQuery({ job: event.currentTarget.value }, { replace: true })}
              >
                <option value="">Choose a job …</option>
                {name && all && !job && <option value={name}>{name} (not announced by any worker)</option>}
                {all?.map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.name}
                  </option>
                ))}
              </select>
            </Field>
          </div>
        </section>
      )}
      {job && <Form key={job.name} job={job} />}
    </>
  )
}

interface Draft {
  input: Json
  options: Options
}

function Form({ job }: { job: JobInfo }) {
  const schema = (job.inputSchema ?? {}) as Schema
  const start = (): Draft => ({ input: initial(schema, schema) ?? {}, options: {} })
  const [draft, setDraft, clear] = useDraft<Draft>(`new.${job.name}`, start)
  const [shown, setShown] = useState(false)
  const [refused, setRefused] = useState<Faults>({})
  const [broken, setBroken] = useState('')
  const [busy, setBusy] = useState(false)
  const found = useMemo(() => validate(draft.input, schema), [draft.input, schema])
  const faults = shown ? { ...refused, ...found } : refused
  const run: NewRun = { job: job.name, input: draft.input, ...draft.options }

  const change = (part: Partial<Draft>): void => {
    setDraft({ ...draft, ...part })
    setRefused({})
  }
  const send = async (event: Event): Promise<void> => {
    event.preventDefault()
    setShown(true)
    const wrong = Object.keys(found).length
    if (broken || wrong > 0)
      return void toast(
        broken || `${wrong === 1 ? 'A field needs' : `${wrong} fields need`} another look; what is wrong stands beside it.`,
        { kind: 'failed' },
      )
    setBusy(true)
    try {
      const created = await fleet.runs.create(run)
      clear()
      navigate(runHref(created.id))
    } catch (error) {
      setRefused(faultsOf(error))
      toast(words(error), { kind: 'failed' })
      setBusy(false)
    }
  }
  return (
    <form class="stack" onSubmit={(event) => void send(event)} noValidate>
      <InputEditor schema={schema} value={draft.input} faults={faults} onChange={(input) => change({ input })} onBroken={setBroken} />
      <section class="card" aria-label="Options">
        <div class="card-body">
          <RunOptions
            options={draft.options}
            defaults={job.defaults as Options}
            faults={faults}
            onChange={(options) => change({ options })}
          />
        </div>
      </section>
      <div class="row">
        <Button kind="primary" type="submit" icon="play" disabled={busy}>
          Start the run
        </Button>
        <Button onClick={clear}>Start over</Button>
      </div>
      <Snippets run={run} />
    </form>
  )
}
