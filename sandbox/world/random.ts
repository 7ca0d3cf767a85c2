import { randomFillSync, randomInt } from 'node:crypto'

const LETTERS_AND_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Randomness is fetched in bulk: one call to the system costs as much as a thousand bytes. */
const pool = Buffer.allocUnsafe(16_384)
let used = pool.length

/** So many random bytes as upper-case hexadecimal digits, two a byte. */
function hexOf(count: number): string {
  if (used + count > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const text = pool.toString('hex', used, used + count).toUpperCase()
  // What was given out is not left lying about.
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
  let text = ''
  while (text.length < count) text += LETTERS_AND_DIGITS[randomInt(LETTERS_AND_DIGITS.length)]
  return text
}

/** So many decimal digits. */
export function digits(count: number): string {
  let text = ''
  while (text.length < count) text += randomInt(1_000_000_000).toString().padStart(9, '0')
  return text.slice(0, count)
}
