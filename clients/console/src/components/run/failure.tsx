import type { RunError } from '../../server/wire.ts'
import { Copy } from '../copy.tsx'

/** Why the newest attempt failed. */
export function Failure({ error }: { error: RunError }) {
  return (
    <section class="card failure" aria-label="Error">
      <header>
        <h2>{error.type}</h2>
        <div class="actions">
          <Copy text={() => `${error.type}: ${error.message}\n${error.detail ?? ''}`} label="Copy the error" />
        </div>
      </header>
      <div class="card-body stack">
        <p class="failure-text">{error.message}</p>
        {error.detail && (
          <pre class="json-text" tabIndex={0} aria-label="Details of the error">
            <code>{error.detail}</code>
          </pre>
        )}
      </div>
    </section>
  )
}
