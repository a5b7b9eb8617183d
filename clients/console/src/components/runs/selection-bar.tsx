import type { Signal } from '@preact/signals'
import { count, plural } from '../../lib/numbers.ts'
import type { RunList } from '../../server/run-list.ts'
import { cancelRuns, deleteRuns, retryRuns, type Subject } from '../../view/run-actions.ts'
import { Button } from '../button.tsx'

/** What is known of the list, and what can be done to those that are selected. */
export function SelectionBar({ list, selected }: { list: RunList; selected: Signal<ReadonlySet<string>> }) {
  const chosen = selected.value
  const subjects = (): Subject[] =>
    [...chosen].flatMap((id) => {
      const row = list.row(id)?.peek()
      return row ? [{ id, state: row.state }] : []
    })
  const then = async (done: Promise<boolean>): Promise<void> => {
    if (await done) selected.value = new Set()
  }
  if (chosen.size === 0) {
    return (
      <div class="selection muted">
        <span>
          {count(list.ids.value.length)}{' '}
          {list.more.value ? 'newest runs; older ones come as you scroll' : list.ids.value.length === 1 ? 'run' : 'runs'}
        </span>
        <span class="wide hint" style={{ marginLeft: 'auto' }}>
          <kbd>j</kbd> <kbd>k</kbd> move · <kbd>x</kbd> select · <kbd>Enter</kbd> open · <kbd>r</kbd> retry · <kbd>c</kbd> cancel
        </span>
      </div>
    )
  }
  return (
    <div class="selection" role="region" aria-label="Selected runs">
      <strong>{plural(chosen.size, 'run')} selected</strong>
      <Button small icon="retry" onClick={() => void then(retryRuns(subjects()))}>
        Retry
      </Button>
      <Button small icon="cancel" onClick={() => void then(cancelRuns(subjects()))}>
        Cancel
      </Button>
      <Button small icon="trash" kind="danger" onClick={() => void then(deleteRuns(subjects(), (ids) => list.hide(ids)))}>
        Delete
      </Button>
      <Button small kind="ghost" onClick={() => (selected.value = new Set())}>
        Select none
      </Button>
    </div>
  )
}
