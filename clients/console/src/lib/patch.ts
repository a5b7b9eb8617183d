/** What turns one input into the other, as RFC 7386 has it: what is gone becomes null. */
export function patch(from: unknown, to: unknown): unknown {
  if (!isObject(from) || !isObject(to)) return to
  const changes: Record<string, unknown> = {}
  for (const name of Object.keys(from)) if (!(name in to)) changes[name] = null
  for (const [name, value] of Object.entries(to)) {
    if (JSON.stringify(from[name]) !== JSON.stringify(value)) changes[name] = patch(from[name], value)
  }
  return changes
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)
