import { useState } from 'preact/hooks'
import { parse, pretty } from '../../lib/json.ts'
import { patch } from '../../lib/patch.ts'
import { fleet } from '../../server/fleet.ts'
import { faultsOf, words } from '../../server/words.ts'
import { asJson, type Run } from '../../server/wire.ts'
import { navigate } from '../../view/router.ts'
import { runHref } from '../../view/routes.ts'
import { toast } from '../../view/toasts.ts'
import { Button } from '../button.tsx'
import { Dialog } from '../dialog.tsx'

/** Starts a new run like this one, with an input that may be changed first. */
export function ForkDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const [text, setText] = useState(() => pretty(asJson(run.input)))
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const fork = async (): Promise<void> => {
    const parsed = parse(text)
    if ('fault' in parsed) return setFault(parsed.fault)
    setBusy(true)
    try {
      const forked = await fleet.runs.fork(run.id, patch(asJson(run.input), parsed.value))
      toast(`Forked as ${forked.id}`)
      navigate(runHref(forked.id))
    } catch (error) {
      const faults = Object.entries(faultsOf(error)).map(([field, what]) => `${field} ${what}`)
      setFault(faults.length > 0 ? faults.join('\n') : words(error))
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Fork this run of ${run.job}`} onClose={onClose} wide>
      <p class="muted">A new run with the same job, queue and options. Change its input if you like.</p>
      <div class="field">
        <label for="fork-input">Input</label>
        <textarea
          id="fork-input"
          class="textarea code"
          rows={16}
          spellcheck={false}
          value={text}
          aria-invalid={fault !== ''}
          aria-describedby="fork-fault"
          onInput={(event) => {
            setText(event.currentTarget.value)
            setFault('')
          }}
        />
        <span class="fault" id="fork-fault" role="alert">
          {fault}
        </span>
      </div>
      <div class="dialog-actions">
        <Button onClick={onClose}>Close</Button>
        <Button kind="primary" icon="fork" disabled={busy} onClick={() => void fork()}>
          Start the run
        </Button>
      </div>
    </Dialog>
  )
}
