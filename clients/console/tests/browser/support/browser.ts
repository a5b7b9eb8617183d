import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { existsSync } from 'node:fs'

const candidates = [process.env.FLEET_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const flags = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The longest that anything on a page may take; on a machine that does much else it takes long. */
export const patience = 60_000

/** The system's Chromium, each time with a profile of its own. */
export function launch(): Promise<Browser> {
  const executablePath = candidates.find((path) => path && existsSync(path))
  if (!executablePath) throw new Error('There is no Chromium. ./fleet test installs it; FLEET_CHROMIUM names one that is elsewhere.')
  return chromium.launch({ executablePath, args: flags })
}

export interface Watched {
  page: Page
  context: BrowserContext
  /** What the page complained of, besides what was expected. */
  complaints: string[]
}

/** A page whose complaints are heard: errors and warnings of its console, and errors that nobody caught. */
export async function open(
  browser: Browser,
  url: string,
  options: { width?: number; height?: number; theme?: 'light' | 'dark'; expected?: RegExp } = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.theme ?? 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  const complaints: string[] = []
  const hear = (text: string): void => void (options.expected?.test(text) || complaints.push(text))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && hear(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => hear(`uncaught: ${error.message}`))
  await page.goto(url)
  return { page, context, complaints }
}
