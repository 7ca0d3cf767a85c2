import { z } from 'zod'

/**
 * What somebody wrote, of so many characters at most. PostgreSQL keeps neither NUL nor half a surrogate pair, which is what
 * a client leaves of an emoji that it cut. `missing` is said of nothing.
 */
export const writtenText = (most: number, missing: string) =>
  z
    .string()
    .trim()
    .min(1, missing)
    .max(most, `最多 ${most} 个字`)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), '有无法保存的字符，请删去后重试')
