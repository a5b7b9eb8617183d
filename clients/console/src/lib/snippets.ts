import { asJson, type Json, type NewRun } from '../server/wire.ts'

/** The call that creates a run, for a shell. */
export function curl(origin: string, run: NewRun): string {
  const body = JSON.stringify(run, null, 2).replaceAll("'", `'\\''`)
  return `curl -s ${origin}/v1/runs \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`
}

/** The same through Fleet.Client. */
export function csharp(origin: string, run: NewRun): string {
  const members = [
    `Job = ${text(run.job)},`,
    `Input = JsonSerializer.SerializeToElement(${value(asJson(run.input ?? {}), 1)}),`,
    run.queue && `Queue = ${text(run.queue)},`,
    run.priority && `Priority = Priority.${run.priority.charAt(0).toUpperCase()}${run.priority.slice(1)},`,
    run.delay != null && `Delay = ${span(run.delay)},`,
    run.maxAttempts != null && `MaxAttempts = ${run.maxAttempts},`,
    run.timeout != null && `Timeout = ${span(run.timeout)},`,
    run.tags?.length && `Tags = [${run.tags.map(text).join(', ')}],`,
  ].filter(Boolean)
  return [
    `using var fleet = new FleetClient(new Uri(${text(origin)}));`,
    '',
    'var run = await fleet.SubmitAsync(new NewRun',
    '{',
    ...members.map((member) => `    ${member}`),
    '});',
  ].join('\n')
}

const text = (content: string): string => JSON.stringify(content)

const span = (length: number | string): string =>
  typeof length === 'number' ? `TimeSpan.FromSeconds(${length})` : `TimeSpan.Parse(${text(length)})`

const identifier = /^[A-Za-z_]\w*$/

/** A JSON value as a C# expression: an anonymous object, or a dictionary where a name is no identifier. */
function value(json: Json, depth: number): string {
  const inner = '    '.repeat(depth + 1)
  const outer = '    '.repeat(depth)
  if (json === null) return '(object?)null'
  if (typeof json === 'string') return text(json)
  if (typeof json !== 'object') return String(json)
  if (Array.isArray(json))
    return json.length === 0 ? 'Array.Empty<object>()' : `new object?[] { ${json.map((item) => value(item, depth)).join(', ')} }`
  const entries = Object.entries(json)
  if (entries.length === 0) return 'new { }'
  if (entries.every(([name]) => identifier.test(name)))
    return `new\n${outer}{\n${entries.map(([name, content]) => `${inner}${name} = ${value(content, depth + 1)},`).join('\n')}\n${outer}}`
  return `new Dictionary<string, object?>\n${outer}{\n${entries.map(([name, content]) => `${inner}[${text(name)}] = ${value(content, depth + 1)},`).join('\n')}\n${outer}}`
}
