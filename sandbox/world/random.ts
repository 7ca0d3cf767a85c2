import { randomFillSync } from 'node:crypto'

const DIGITS = '0123456789'
const LETTERS_AND_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Randomness is fetched in bulk: one call to the system costs as much as a thousand bytes. */
const pool = Buffer.allocUnsafe(16_384)
let used = pool.length

/** Makes sure that so many bytes wait in the pool. */
function fetchBytes(count: number): void {
  if (used + count <= pool.length) return
  randomFillSync(pool)
  used = 0
}

function nextByte(): number {
  fetchBytes(1)
  const byte = pool[used]!
  // What was given out is not left lying about.
  pool[used] = 0
  used += 1
  return byte
}

/** So many random bytes as upper-case hexadecimal digits, two a byte. */
function hexOf(count: number): string {
  fetchBytes(count)
  const text = pool.toString('hex', used, used + count).toUpperCase()
  pool.fill(0, used, used + count)
  used += count
  return text
}

/** So many upper-case hexadecimal digits. */
export function hexDigits(count: number): string {
  return hexOf(Math.ceil(count / 2)).slice(0, count)
}

/** So many characters of 0-9 A-Z a-z, evenly drawn. */
export function letters(count: number): string {
  return drawn(count, LETTERS_AND_DIGITS)
}

/** So many decimal digits. */
export function digits(count: number): string {
  return drawn(count, DIGITS)
}

function drawn(count: number, alphabet: string): string {
  // A byte beyond the last whole round of the alphabet would favour its first characters.
  const fair = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < count) {
    const byte = nextByte()
    if (byte < fair) text += alphabet[byte % alphabet.length]
  }
  return text
}
