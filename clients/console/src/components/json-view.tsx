import { useMemo } from 'preact/hooks'
import { pretty, tokens } from '../lib/json.ts'
import type { Json } from '../server/wire.ts'
import { Copy } from './copy.tsx'

const mostColoured = 100_000

/** A value as readable JSON, with a button to copy it. */
export function JsonView({ title, value }: { title: string; value: Json | undefined }) {
  const text = useMemo(() => pretty(value), [value])
  const pieces = useMemo(() => (text.length > mostColoured ? [{ text, kind: 'plain' as const }] : tokens(text)), [text])
  return (
    <section class="card json" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <div class="actions">
          <Copy text={() => text} label={`Copy ${title.toLowerCase()}`} />
        </div>
      </header>
      <pre class="json-text" tabIndex={0} aria-label={`${title} as JSON`}>
        <code>
          {pieces.map((piece, index) =>
            piece.kind === 'plain' ? (
              piece.text
            ) : (
              <span key={index} class={`j-${piece.kind}`}>
                {piece.text}
              </span>
            ),
          )}
        </code>
      </pre>
    </section>
  )
}
