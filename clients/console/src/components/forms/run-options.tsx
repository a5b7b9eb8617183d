import type { NewRun, Priority } from '../../server/wire.ts'
import type { Faults } from '../../lib/validate.ts'
import { Field } from './field.tsx'
import { NumberField } from './number-field.tsx'

export type Options = Omit<NewRun, 'job' | 'input'>

const priorities: Priority[] = ['critical', 'high', 'normal', 'low']

/** What a run gets besides its input; what is left empty is the job's default. */
export function RunOptions({
  options,
  defaults,
  faults,
  onChange,
}: {
  options: Options
  defaults: Options
  faults: Faults
  onChange: (options: Options) => void
}) {
  const set = (change: Partial<Options>): void => {
    const next = { ...options, ...change }
    onChange(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== '')) as Options)
  }
  return (
    <details class="options">
      <summary>Options</summary>
      <div class="form-fields two">
        <Field id="o-queue" label="Queue" fault={faults.queue}>
          <input
            id="o-queue"
            class="input"
            value={options.queue ?? ''}
            placeholder={defaults.queue ?? ''}
            onInput={(event) => set({ queue: event.currentTarget.value })}
          />
        </Field>
        <Field id="o-priority" label="Priority" fault={faults.priority}>
          <select
            id="o-priority"
            class="select"
            value={options.priority ?? ''}
            onChange={(event) => set({ priority: (event.currentTarget.value || undefined) as Priority | undefined })}
          >
            <option value="">{defaults.priority} (by default)</option>
            {priorities.map((priority) => (
              <option key={priority}>{priority}</option>
            ))}
          </select>
        </Field>
        <Field id="o-delay" label="Delay" hint='Seconds, or "00:05:00"' fault={faults.delay}>
          <input
            id="o-delay"
            class="input"
            value={options.delay ?? ''}
            onInput={(event) => set({ delay: duration(event.currentTarget.value) })}
          />
        </Field>
        <Field id="o-timeout" label="Timeout of an attempt" hint='Seconds, or "00:05:00"' fault={faults.timeout}>
          <input
            id="o-timeout"
            class="input"
            value={options.timeout ?? ''}
            placeholder={String(defaults.timeout ?? 'none')}
            onInput={(event) => set({ timeout: duration(event.currentTarget.value) })}
          />
        </Field>
        <Field id="o-attempts" label="Attempts" fault={faults.maxAttempts}>
          <NumberField
            id="o-attempts"
            whole
            min={1}
            max={100}
            value={options.maxAttempts ?? undefined}
            placeholder={String(defaults.maxAttempts)}
            onChange={(maxAttempts) => set({ maxAttempts })}
          />
        </Field>
        <Field id="o-tags" label="Tags" hint="Separated by commas" fault={faults.tags}>
          <input
            id="o-tags"
            class="input"
            value={options.tags?.join(', ') ?? ''}
            onChange={(event) => set({ tags: tags(event.currentTarget.value) })}
          />
        </Field>
      </div>
    </details>
  )
}

const duration = (text: string): string | number | undefined => (text === '' ? undefined : /^\d+(\.\d+)?$/.test(text) ? Number(text) : text)

const tags = (text: string): string[] | undefined => {
  const all = text
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean)
  return all.length > 0 ? all : undefined
}
