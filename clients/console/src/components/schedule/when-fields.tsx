import type { Faults } from '../../lib/validate.ts'
import { Field } from '../forms/field.tsx'

export interface When {
  kind: 'cron' | 'every'
  cron: string
  every: string
  zone: string
}

const zones = (Intl as unknown as { supportedValuesOf?: (key: string) => string[] }).supportedValuesOf?.('timeZone') ?? []

/** When a schedule ticks: by the clock on the wall, or every so often. */
export function WhenFields({ when, faults, onChange }: { when: When; faults: Faults; onChange: (change: Partial<When>) => void }) {
  return (
    <>
      <div class="segments" role="group" aria-label="Kind of schedule">
        <button type="button" aria-pressed={when.kind === 'cron'} onClick={() => onChange({ kind: 'cron' })}>
          At times (cron)
        </button>
        <button type="button" aria-pressed={when.kind === 'every'} onClick={() => onChange({ kind: 'every' })}>
          Every so often
        </button>
      </div>
      {when.kind === 'cron' ? (
        <>
          <Field
            id="s-cron"
            label="Cron"
            required
            hint="minute, hour, day of month, month, day of week; seconds first where there are six"
            fault={faults.cron}
          >
            <input
              id="s-cron"
              class="input mono"
              value={when.cron}
              spellcheck={false}
              aria-invalid={Boolean(faults.cron)}
              onInput={(event) => onChange({ cron: event.currentTarget.value })}
            />
          </Field>
          <Field id="s-zone" label="Time zone" fault={faults.zone}>
            <input
              id="s-zone"
              class="input"
              list="zones"
              value={when.zone}
              aria-invalid={Boolean(faults.zone)}
              onInput={(event) => onChange({ zone: event.currentTarget.value })}
            />
          </Field>
          <datalist id="zones">
            {zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      ) : (
        <Field id="s-every" label="Every" required hint='"hh:mm:ss", at least a second' fault={faults.every}>
          <input
            id="s-every"
            class="input"
            value={when.every}
            aria-invalid={Boolean(faults.every)}
            onInput={(event) => onChange({ every: event.currentTarget.value })}
          />
        </Field>
      )}
    </>
  )
}
