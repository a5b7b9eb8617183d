import type { Json } from '../server/wire.ts'

/** A piece of pretty-printed JSON, and what it is. */
export interface Token {
  text: string
  kind: 'name' | 'string' | 'number' | 'word' | 'plain'
}

const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g

/** The pieces of JSON text, for colouring. */
export function tokens(text: string): Token[] {
  const all: Token[] = []
  let at = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) all.push({ text: text.slice(at, match.index), kind: 'plain' })
    at = match.index + match[0].length
    if (match[1] !== undefined) {
      all.push({ text: match[1], kind: match[2] === undefined ? 'string' : 'name' })
      if (match[2]) all.push({ text: match[2], kind: 'plain' })
    } else all.push({ text: match[0], kind: /^[tfn]/.test(match[0]) ? 'word' : 'number' })
  }
  if (at < text.length) all.push({ text: text.slice(at), kind: 'plain' })
  return all
}

export const pretty = (value: Json | undefined): string => JSON.stringify(value ?? null, null, 2)

/** Reads JSON; says in words what is wrong with it. */
export function parse(text: string): { value: Json } | { fault: string } {
  if (!text.trim()) return { fault: 'There is nothing here yet. {} is an empty input.' }
  try {
    return { value: JSON.parse(text) as Json }
  } catch (error) {
    return { fault: `Not JSON yet: ${(error as Error).message.replace(/^JSON\.parse: /, '')}` }
  }
}
