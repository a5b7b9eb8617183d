import { useState } from 'preact/hooks'
import { toast } from '../view/toasts.ts'
import { Button } from './button.tsx'

/** Copies a text; the page shows for a moment that it did. */
export function Copy({ text, label, small = true }: { text: () => string; label: string; small?: boolean }) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text())
      setCopied(true)
      setTimeout(() => setCopied(false), 1500)
    } catch {
      toast(
        'The browser let nothing be copied. Pages that are not served from this machine need HTTPS for that; select the text and copy it by hand.',
        { kind: 'failed' },
      )
    }
  }
  return <Button icon={copied ? 'check' : 'copy'} kind="ghost" small={small} label={copied ? 'Copied' : label} onClick={copy} />
}
