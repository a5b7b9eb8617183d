/** A piece of a line that looks the same throughout. */
export interface Span {
  text: string
  /** Class names: fg-1, bg-4, bold, dim, italic, underline. */
  className: string
  /** A colour beyond the palette's sixteen, as CSS has it. */
  color?: string
  background?: string
}

interface Style {
  fg?: string
  bg?: string
  color?: string
  background?: string
  marks: Set<string>
}

const marks: Record<number, string> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 9: 'strike' }
const unmarks: Record<number, string[]> = { 22: ['bold', 'dim'], 23: ['italic'], 24: ['underline'], 29: ['strike'] }

// A sequence that sets colours; any other that a terminal would obey; and other control characters, which nobody should see.
const pattern = /\x1b\[([\d;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|[\x00-\x08\x0b-\x1f\x7f]/g

/** Splits a line of terminal output into spans of one look each. */
export function ansi(line: string): Span[] {
  if (!line.includes('\x1b')) return line ? [{ text: line.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, ''), className: '' }] : []
  const spans: Span[] = []
  const style: Style = { marks: new Set() }
  let at = 0
  for (const match of line.matchAll(pattern)) {
    push(spans, line.slice(at, match.index), style)
    at = match.index + match[0].length
    if (match[1] !== undefined) apply(style, match[1])
  }
  push(spans, line.slice(at), style)
  return spans
}

/** The same line without any looks, to search in and to download. */
export const plain = (line: string): string => line.replace(pattern, '')

function push(spans: Span[], text: string, style: Style): void {
  if (!text) return
  const className = [style.fg, style.bg, ...style.marks].filter(Boolean).join(' ')
  spans.push({
    text,
    className,
    ...(style.color ? { color: style.color } : {}),
    ...(style.background ? { background: style.background } : {}),
  })
}

function apply(style: Style, parameters: string): void {
  const codes = parameters.split(/[;:]/).map((code) => Number(code || 0))
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!
    if (code === 0) reset(style)
    else if (marks[code]) style.marks.add(marks[code])
    else if (unmarks[code]) unmarks[code].forEach((mark) => style.marks.delete(mark))
    else if (code >= 30 && code <= 37) setFront(style, `fg-${code - 30}`)
    else if (code >= 90 && code <= 97) setFront(style, `fg-${code - 82}`)
    else if (code >= 40 && code <= 47) setBack(style, `bg-${code - 40}`)
    else if (code >= 100 && code <= 107) setBack(style, `bg-${code - 92}`)
    else if (code === 39) setFront(style)
    else if (code === 49) setBack(style)
    else if (code === 38 || code === 48) i += extended(style, code === 38, codes.slice(i + 1))
  }
}

function reset(style: Style): void {
  setFront(style)
  setBack(style)
  style.marks.clear()
}

function setFront(style: Style, name?: string, color?: string): void {
  style.fg = name
  style.color = color
}

function setBack(style: Style, name?: string, color?: string): void {
  style.bg = name
  style.background = color
}

/** "5;n" is one of 256 colours, "2;r;g;b" any; returns how many codes that took. */
function extended(style: Style, front: boolean, codes: number[]): number {
  const set = front ? setFront : setBack
  if (codes[0] === 5 && codes[1] !== undefined) {
    if (codes[1] < 16) set(style, `${front ? 'fg' : 'bg'}-${codes[1]}`)
    else set(style, undefined, color256(codes[1]))
    return 2
  }
  if (codes[0] === 2 && codes.length >= 4) {
    set(
      style,
      undefined,
      `rgb(${codes
        .slice(1, 4)
        .map((part) => Math.min(part, 255))
        .join(' ')})`,
    )
    return 4
  }
  return 0
}

function color256(index: number): string {
  if (index >= 232)
    return `rgb(${Array(3)
      .fill(8 + (Math.min(index, 255) - 232) * 10)
      .join(' ')})`
  const level = (n: number): number => (n === 0 ? 0 : 55 + n * 40)
  const cube = index - 16
  return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`
}
