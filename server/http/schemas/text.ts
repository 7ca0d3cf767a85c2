import { z } from 'zod'

/** Spaces, control and format characters, e.g. a zero-width space: text of nothing else looks like none. */
const seen = /[^\p{Z}\p{C}]/u

/**
 * What somebody wrote, of so many characters at most. PostgreSQL keeps neither NUL nor half a surrogate pair, which is what
 * a client leaves of an emoji that it cut. `missing` is said of nothing, and of what cannot be seen.
 */
export const writtenText = (most: number, missing: string) => written(z.string(), most, missing)

/** Line breaks, other control characters, and those that turn the direction of the text behind them. */
const lineBreakers = /[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu

/** The same on one line, as it is printed on a label or read in a table: what breaks the line becomes a space. */
export const writtenLine = (most: number, missing: string) =>
  written(
    z.string().overwrite((text) => text.replaceAll(lineBreakers, ' ')),
    most,
    missing,
  )

const written = (text: z.ZodString, most: number, missing: string) =>
  text
    .trim()
    .min(1, missing)
    .max(most, `最多 ${most} 个字`)
    .refine((said) => said === '' || seen.test(said) || !said.isWellFormed() || said.includes('\0'), missing)
    .refine((said) => said.isWellFormed() && !said.includes('\0'), '有无法保存的字符，请删去后重试')
