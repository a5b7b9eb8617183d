import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NewRun, Run } from '../../../src/server/wire.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../../../..')
const program = join(root, 'services/standalone/bin/Release/net10.0/Fleet.Standalone.dll')
export const dist = join(root, 'clients/console/dist')
const patience = 120_000

/** A Fleet of its own: all of it in one process, on a free port, with data that goes away with it. */
export class Fleet {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fleet-console-'))
  readonly #options: string[]
  #process: ChildProcess | undefined
  #port = 0
  url = ''

  private constructor(options: string[]) {
    this.#options = options
  }

  static async start(...options: string[]): Promise<Fleet> {
    for (const needed of [program, join(dist, 'index.html')]) {
      if (!existsSync(needed)) throw new Error(`${needed} is not there. ./fleet test clients/console builds what its tests need.`)
    }
    const fleet = new Fleet(options)
    await fleet.begin()
    return fleet
  }

  /** Starts it, or starts it again where it was. */
  async begin(): Promise<void> {
    const own = spawn(
      'dotnet',
      [program, '--port', String(this.#port), '--data', join(this.#folder, 'data'), `--Fleet:Api:Console=${dist}`, ...this.#options],
      {
        cwd: this.#folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    this.#process = own
    let told = ''
    this.url = await new Promise<string>((ready, fail) => {
      const late = setTimeout(() => fail(new Error(`Fleet did not start: ${told}`)), patience)
      const hear = (text: Buffer): void => {
        told += text.toString()
        const line = /Fleet is ready at (\S+)/.exec(told)
        if (!line) return
        clearTimeout(late)
        ready(line[1]!)
      }
      own.stdout!.on('data', hear)
      own.stderr!.on('data', hear)
      own.on('exit', () => fail(new Error(`Fleet ended: ${told}`)))
    })
    this.#port = Number(new URL(this.url).port)
  }

  /** Ends it as Ctrl-C twice does: at once. */
  async end(): Promise<void> {
    const own = this.#process
    if (!own || own.exitCode !== null) return
    const gone = new Promise((resolve) => own.once('exit', resolve))
    own.kill('SIGINT')
    const again = setTimeout(() => own.kill('SIGINT'), 1000)
    await gone
    clearTimeout(again)
  }

  async dispose(): Promise<void> {
    await this.end()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`)
    return (answer.status === 204 ? undefined : await answer.json()) as T
  }

  submit(run: NewRun): Promise<Run> {
    return this.call('POST', '/v1/runs', run)
  }

  async submitMany(count: number, run: NewRun): Promise<string[]> {
    return (await this.call<{ ids: string[] }>('POST', '/v1/runs/batch', { runs: Array.from({ length: count }, () => run) })).ids
  }

  /** The run once it has ended. */
  async ended(id: string): Promise<Run> {
    for (;;) {
      const answer = await fetch(`${this.url}/v1/runs/${id}/wait?timeout=30`)
      const run = (await answer.json()) as Run
      if (answer.status === 200) return run
    }
  }
}
