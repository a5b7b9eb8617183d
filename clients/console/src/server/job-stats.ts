import { fleet } from './fleet.ts'

export interface JobStats {
  job: string
  succeeded: number
  failed: number
}

export async function jobStats(minutes: number, signal: AbortSignal): Promise<JobStats[]> {
  void minutes
  const page = await fleet.runs.list({ state: 'failed', limit: 200 }, { signal })
  return page.items.map((run) => ({ job: run.job, succeeded: 0, failed: 1 }))
}
