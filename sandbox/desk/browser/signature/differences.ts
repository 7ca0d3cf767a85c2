/** A line of a signed text, with the end that one does not see. */
export interface SignedLine {
  text: string
  /** '' only at the end of a text that does not end its last line. */
  end: '\n' | '\r\n' | ''
}

/** Every line with its end. An ended text has no empty line behind it. */
export function splitLines(text: string): SignedLine[] {
  const lines = [...text.matchAll(/([^\n]*?)(\r?\n|$)/g)].map(([, line = '', end = '']) => ({
    text: line,
    end: end as SignedLine['end'],
  }))
  const last = lines.at(-1)
  if (last && last.text === '' && last.end === '' && lines.length > 1) lines.pop()
  return lines
}

/** Where two texts part. */
export interface Difference {
  /** Offset in bytes of UTF-8, from 0. */
  byte: number
  /** From 1. */
  line: number
  /** In bytes within the line, from 1. */
  column: number
  /** Null: the text ended before. */
  expected: number | null
  signed: number | null
}

/** The first byte that is not the same, or null when all are. */
export function firstDifference(expected: string, signed: string): Difference | null {
  const [a, b] = [expected, signed].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array]
  let line = 1
  let lineStart = 0
  for (let byte = 0; byte < a.length || byte < b.length; byte += 1) {
    if (a[byte] !== b[byte]) {
      const at = (bytes: Uint8Array) => bytes[byte] ?? null
      return { byte, line, column: byte - lineStart + 1, expected: at(a), signed: at(b) }
    }
    if (a[byte] === 0x0a) {
      line += 1
      lineStart = byte + 1
    }
  }
  return null
}

/** A text in three: what it shares with another at both ends, and what is its own between. */
export function ownPart(text: string, other: string): [before: string, own: string, after: string] {
  const shorter = Math.min(text.length, other.length)
  let before = 0
  while (before < shorter && text[before] === other[before]) before += 1
  let after = 0
  while (after < shorter - before && text.at(-1 - after) === other.at(-1 - after)) after += 1
  return [text.slice(0, before), text.slice(before, text.length - after), text.slice(text.length - after)]
}

/** A byte as one writes it: 0x0a ↵, 0x61 a. */
export function byteInWords(byte: number): string {
  const hex = `0x${byte.toString(16).padStart(2, '0')}`
  const seen =
    byte === 0x0a ? '↵' : byte === 0x0d ? '␍' : byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ''
  return seen === '' ? hex : `${hex} ${seen}`
}
