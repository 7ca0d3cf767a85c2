import { KindError } from './errors.ts'

/** A place in a list that is ordered by time, then number. Opaque to clients; it names nothing they have not seen. */
export const writeCursor = (at: Date, number: string): string =>
  Buffer.from(`${at.getTime()} ${number}`).toString('base64url')

/** Throws InvalidInput for what writeCursor did not write. */
export function readCursor(cursor: string): { at: Date; number: string } {
  const match = /^([0-9]{1,15}) ([0-9A-Z]{13,32}|[0-9a-f-]{36})$/.exec(
    Buffer.from(cursor, 'base64url').toString('latin1'),
  )
  if (!match) throw new KindError('InvalidInput', '翻页参数有误，请从第一页重新查看。')
  return { at: new Date(Number(match[1])), number: match[2]! }
}
