import { KindError } from '../shared/errors.ts'

/** A place in a list of what is open, which is ordered by time, then id. Opaque to clients. */
export const writePlace = (at: Date, id: string): string =>
  Buffer.from(`${at.getTime()} ${id}`).toString('base64url')

/** Throws InvalidInput for what writePlace did not write. */
export function readPlace(cursor: string | undefined): { at: Date; id: string } | undefined {
  if (cursor === undefined) return undefined
  const match = /^([0-9]{1,15}) ([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!match) throw new KindError('InvalidInput', '翻页参数有误，请从第一页重新查看。')
  return { at: new Date(Number(match[1])), id: match[2]! }
}
