import { useEffect, useState } from 'preact/hooks'
import { fleet } from '../../server/fleet.ts'
import { faultsOf, words } from '../../server/words.ts'

export interface Preview {
  times?: string[]
  /** What is wrong, by field. */
  faults: Record<string, string>
  /** What is wrong with no field in particular. */
  fault?: string
}

/** The next times of a rule, as the server reckons them, a moment after somebody stopped typing. */
export function usePreview(rule: { cron?: string; every?: string | number; zone?: string }): Preview {
  const [preview, setPreview] = useState<Preview>({ faults: {} })
  const key = JSON.stringify(rule)
  useEffect(() => {
    if (!rule.cron && !rule.every) return setPreview({ faults: {} })
    const end = new AbortController()
    const timer = setTimeout(() => {
      fleet.schedules.preview(rule, { signal: end.signal }).then(
        (times) => setPreview({ times, faults: {} }),
        (error) => {
          if (end.signal.aborted) return
          const faults = faultsOf(error)
          setPreview({ faults, fault: Object.keys(faults).length > 0 ? undefined : words(error) })
        },
      )
    }, 150)
    return () => {
      clearTimeout(timer)
      end.abort()
    }
  }, [key])
  return preview
}
