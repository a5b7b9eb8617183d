import { question } from '../view/confirm.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

export function Confirmation() {
  const asked = question.value
  if (!asked) return null
  return (
    <Dialog title={asked.title} onClose={() => asked.answer(false)}>
      <p class="muted">{asked.text}</p>
      <div class="dialog-actions">
        <Button onClick={() => asked.answer(false)}>Keep as it is</Button>
        <Button kind={asked.danger ? 'danger' : 'primary'} onClick={() => asked.answer(true)}>
          {asked.action}
        </Button>
      </div>
    </Dialog>
  )
}
