import type { RunProgress } from '../server/wire.ts'

/** How far a run is. */
export function Progress({ progress, ended }: { progress: RunProgress | null | undefined; ended?: boolean }) {
  if (!progress) return null
  const percent = Math.round(Math.max(0, Math.min(1, progress.value)) * 100)
  return (
    <div class="progress-line">
      <div
        class={`progress${ended ? ' ended' : ''}`}
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-label="Progress"
      >
        <div style={{ transform: `scaleX(${percent / 100})` }} />
      </div>
      <span class="num small">{percent}%</span>
      {progress.message && <span class="truncate small muted">{progress.message}</span>}
    </div>
  )
}
