const REMEMBERED = 10_000
const known = new Map<string, string>()

/**
 * The same text, in the copy that came first: a body that is parsed brings texts of its own, and a hundred thousand orders
 * repeat one address, one description and one payer.
 */
export function oneCopy(text: string): string {
  const first = known.get(text)
  if (first !== undefined) return first
  if (known.size >= REMEMBERED) known.clear()
  known.set(text, text)
  return text
}

/** The same ASCII text in one piece: a text that was put together or cut out holds on to what it was made of. */
export const onePiece = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')
