import { randomBytes, randomInt } from 'node:crypto'

const LETTERS_AND_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** So many upper-case hexadecimal digits. */
export function hexDigits(count: number): string {
  return randomBytes(Math.ceil(count / 2))
    .toString('hex')
    .slice(0, count)
    .toUpperCase()
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
