import { useState } from 'preact/hooks'
import { csharp, curl } from '../../lib/snippets.ts'
import type { NewRun } from '../../server/wire.ts'
import { Copy } from '../copy.tsx'

const languages = { curl: ['curl', curl], csharp: ['C#', csharp] } as const

/** The same call for a shell and for a program. */
export function Snippets({ run }: { run: NewRun }) {
  const [language, setLanguage] = useState<keyof typeof languages>('curl')
  const text = languages[language][1](location.origin, run)
  return (
    <section class="card" aria-label="The same call">
      <header>
        <h2>The same call</h2>
        <div class="segments" role="group" aria-label="Language">
          {Object.entries(languages).map(([key, [name]]) => (
            <button key={key} type="button" aria-pressed={language === key} onClick={() => setLanguage(key as keyof typeof languages)}>
              {name}
            </button>
          ))}
        </div>
        <div class="actions">
          <Copy text={() => text} label="Copy the call" />
        </div>
      </header>
      <pre class="json-text" tabIndex={0} aria-label="The call">
        <code>{text}</code>
      </pre>
    </section>
  )
}
