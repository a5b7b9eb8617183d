import { useEffect, useState } from 'preact/hooks'

/** A value that somebody is typing, which survives a reload of the page but not the end of the tab. */
export function useDraft<T>(key: string, start: () => T): [T, (next: T) => void, () => void] {
  const stored = `fleet.draft.${key}`
  const read = (): T => {
    const text = sessionStorage.getItem(stored)
    if (text === null) return start()
    try {
      return JSON.parse(text) as T
    } catch {
      return start()
    }
  }
  const [draft, setDraft] = useState<{ key: string; value: T }>(() => ({ key, value: read() }))
  useEffect(() => {
    if (draft.key !== key) setDraft({ key, value: read() })
  }, [key])
  const current = draft.key === key ? draft.value : read()
  const set = (value: T): void => {
    sessionStorage.setItem(stored, JSON.stringify(value))
    setDraft({ key, value })
  }
  const clear = (): void => {
    sessionStorage.removeItem(stored)
    setDraft({ key, value: start() })
  }
  return [current, set, clear]
}
