import { useMemo, useState } from 'preact/hooks'
import { cronText } from '../../lib/cron.ts'
import { initial, type Schema } from '../../lib/schema.ts'
import { validate, type Faults } from '../../lib/validate.ts'
import { fleet } from '../../server/fleet.ts'
import { jobs } from '../../server/overall.ts'
import { faultsOf, words } from '../../server/words.ts'
import { asJson, type Json, type NewSchedule, type Schedule } from '../../server/wire.ts'
import { useDraft } from '../../view/draft.ts'
import { toast } from '../../view/toasts.ts'
import { Button } from '../button.tsx'
import { Field } from '../forms/field.tsx'
import { InputEditor } from '../forms/input-editor.tsx'
import { NextTimes } from './next-times.tsx'
import { usePreview } from './use-preview.ts'
import { WhenFields, type When } from './when-fields.tsx'

interface Draft extends When {
  name: string
  job: string
  input: Json
  overlap: NonNullable<NewSchedule['overlap']>
  missed: NonNullable<NewSchedule['missed']>
}

const draftOf = (schedule?: Schedule): Draft => ({
  name: schedule?.name ?? '',
  kind: schedule?.every ? 'every' : 'cron',
  cron: schedule?.cron ?? '0 3 * * *',
  every: String(schedule?.every ?? '00:05:00'),
  zone: schedule?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  job: schedule?.job ?? '',
  input: asJson(schedule?.input ?? {}),
  overlap: schedule?.overlap ?? 'allow',
  missed: schedule?.missed ?? 'latest',
})

const overlaps = {
  allow: 'start another all the same',
  skip: 'skip this tick',
  'queue-one': 'wait for it, once',
  'cancel-previous': 'cancel the earlier run',
}
const misses = { latest: 'make up for the newest', skip: 'make up for none', all: 'make up for all' }

/** Creates or changes a schedule; its next times are shown while one types. */
export function ScheduleEditor({ schedule, onDone }: { schedule?: Schedule; onDone: (name?: string) => void }) {
  const [draft, setDraft, clear] = useDraft<Draft>(`schedule.${schedule?.name ?? ''}`, () => draftOf(schedule))
  const [refused, setRefused] = useState<Faults>({})
  const [shown, setShown] = useState(false)
  const [broken, setBroken] = useState('')
  const all = jobs.reading.value.data
  const schema = (all?.find((job) => job.name === draft.job)?.inputSchema ?? {}) as Schema
  const rule = draft.kind === 'cron' ? { cron: draft.cron, zone: draft.zone } : { every: draft.every, zone: draft.zone }
  const preview = usePreview(rule)
  const found = useMemo(() => (draft.job ? validate(draft.input, schema) : {}), [draft.input, schema])
  const faults: Faults = { ...(shown ? found : {}), ...refused, ...preview.faults }
  const change = (part: Partial<Draft>): void => {
    setDraft({ ...draft, ...part })
    setRefused({})
  }
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    setShown(true)
    const missing: Faults = { ...(draft.name ? {} : { name: 'is required' }), ...(draft.job ? {} : { job: 'is required' }) }
    setRefused(missing)
    if (broken || Object.keys({ ...found, ...missing }).length > 0) return
    const { overlap, missed, job, input, name } = draft
    const kept: Partial<NewSchedule> = schedule
      ? { ...schedule, cron: undefined, every: undefined, last: undefined, lastRun: undefined, next: undefined }
      : {}
    try {
      await fleet.schedules.put(name, { ...kept, name, job, input, overlap, missed, ...rule })
      clear()
      toast(schedule ? `Changed ${name}` : `Created ${name}`)
      onDone(name)
    } catch (error) {
      setRefused(faultsOf(error))
      toast(words(error), { kind: 'failed' })
    }
  }
  return (
    <form class="stack" onSubmit={(event) => void save(event)} noValidate>
      <div class="page-head">
        <h1>{schedule ? `Change ${schedule.name}` : 'New schedule'}</h1>
      </div>
      <div class="columns">
        <section class="card" aria-label="When">
          <header>
            <h2>When</h2>
          </header>
          <div class="card-body stack">
            <Field id="s-name" label="Name" required fault={faults.name}>
              <input
                id="s-name"
                class="input"
                value={draft.name}
                disabled={schedule !== undefined}
                placeholder="nightly-report"
                onInput={(event) => change({ name: event.currentTarget.value })}
              />
            </Field>
            <WhenFields when={draft} faults={faults} onChange={change} />
            <Field id="s-overlap" label="While an earlier run of it has not ended" fault={faults.overlap}>
              <select
                id="s-overlap"
                class="select"
                value={draft.overlap}
                onChange={(event) => change({ overlap: event.currentTarget.value as Draft['overlap'] })}
              >
                {Object.entries(overlaps).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            </Field>
            <Field id="s-missed" label="For ticks that could not be made in time" fault={faults.missed}>
              <select
                id="s-missed"
                class="select"
                value={draft.missed}
                onChange={(event) => change({ missed: event.currentTarget.value as Draft['missed'] })}
              >
                {Object.entries(misses).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            </Field>
          </div>
        </section>
        <section class="card" aria-label="The next times">
          <header>
            <h2>The next times</h2>
          </header>
          <div class="card-body stack" aria-live="polite">
            {draft.kind === 'cron' && cronText(draft.cron) && (
              <p class="small">
                {cronText(draft.cron)}, {draft.zone}
              </p>
            )}
            {preview.times ? (
              <NextTimes times={preview.times} />
            ) : (
              <p class="fault">
                {preview.fault ??
                  Object.entries(preview.faults)
                    .map(([field, what]) => `${field} ${what}`)
                    .join('. ')}
              </p>
            )}
          </div>
        </section>
      </div>
      <section class="card" aria-label="What it starts">
        <header>
          <h2>What it starts</h2>
        </header>
        <div class="card-body">
          <Field id="s-job" label="Job" required fault={faults.job}>
            <select
              id="s-job"
              class="select"
              value={draft.job}
              onChange={(event) => {
                const own = (all?.find((job) => job.name === event.currentTarget.value)?.inputSchema ?? {}) as Schema
                change({ job: event.currentTarget.value, input: initial(own, own) ?? {} })
              }}
            >
              <option value="">Choose a job …</option>
              {draft.job && !all?.some((job) => job.name === draft.job) && <option>{draft.job}</option>}
              {all?.map((job) => (
                <option key={job.name}>{job.name}</option>
              ))}
            </select>
          </Field>
        </div>
      </section>
      {draft.job && (
        <InputEditor
          key={draft.job}
          schema={schema}
          value={draft.input}
          faults={Object.fromEntries(Object.entries(faults).filter(([path]) => path.startsWith('input')))}
          onChange={(input) => change({ input })}
          onBroken={setBroken}
        />
      )}
      <div class="row">
        <Button kind="primary" type="submit" icon="check">
          {schedule ? 'Save' : 'Create the schedule'}
        </Button>
        <Button
          onClick={() => {
            clear()
            onDone()
          }}
        >
          Leave it
        </Button>
      </div>
    </form>
  )
}
