import { dismiss, toasts } from '../view/toasts.ts'
import { Button } from './button.tsx'

/** What was done and what failed; read out as it comes. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.kind}`}>
          <span class="grow">{toast.text}</span>
          {toast.action && (
            <Button
              small
              onClick={() => {
                dismiss(toast.id)
                toast.action!.run()
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <Button small kind="ghost" icon="cancel" label="Put away" onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </div>
  )
}
