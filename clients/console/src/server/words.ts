import { FleetError } from '@fleet/client'

/** What went wrong, in words a person can act on. */
export function words(error: unknown): string {
  if (!(error instanceof FleetError)) return error instanceof Error ? error.message : String(error)
  if (error.status === 0) return 'Fleet cannot be reached. Is it running, and is this machine online? Nothing was changed; try again.'
  const fields = Object.entries(error.errors)
  if (fields.length > 0 && fields.length <= 3) return fields.map(([field, faults]) => `${field} ${faults.join(', ')}`).join('. ')
  return error.detail || error.title
}

/** What is wrong with each field of what was sent; empty where the error is about something else. */
export const faultsOf = (error: unknown): Record<string, string> =>
  error instanceof FleetError ? Object.fromEntries(Object.entries(error.errors).map(([field, faults]) => [field, faults.join(', ')])) : {}
