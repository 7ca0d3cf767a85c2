import type { QuoteLine } from '../contract/order.ts'

/**
 * What a customer should know of a line before it is ordered.
 * - sold-out, left, limit: it cannot be ordered as it is; `count` pieces of it can
 * - last-pieces, at-limit: it can, and no more of it than `count`
 */
export type LineNote =
  { kind: 'sold-out' } | { kind: 'left' | 'limit' | 'last-pieces' | 'at-limit'; count: number }

/** Null when there is nothing to say. The tighter bound is told. Pure. */
export function lineNote(
  { piecesLeft, purchaseLimit }: Pick<QuoteLine, 'piecesLeft' | 'purchaseLimit'>,
  quantity: number,
): LineNote | null {
  if (piecesLeft === 0) return { kind: 'sold-out' }
  const count = Math.min(piecesLeft ?? Infinity, purchaseLimit ?? Infinity)
  const isStock = count === piecesLeft
  if (quantity > count) return { kind: isStock ? 'left' : 'limit', count }
  return quantity === count ? { kind: isStock ? 'last-pieces' : 'at-limit', count } : null
}

/** Whether the line can be ordered with this note. Pure. */
export const isInTheWay = (note: LineNote | null): boolean =>
  note !== null && note.kind !== 'last-pieces' && note.kind !== 'at-limit'
