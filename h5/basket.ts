import type { OrderLineRequest } from '../contract/order.ts'

/** Bounds of the server (contract/order.ts), kept here so that the steppers stop where it would refuse. */
export const quantityMost = 99
const linesMost = 20

/**
 * Reads `?lines=tea-longjing:2,cup-celadon:1`. Anything that is not a whole quantity from 1 to 99 of a plausible product is
 * dropped, a product named twice is added up; an empty answer means that there is nothing to confirm.
 */
export function parseLines(text: unknown): OrderLineRequest[] {
  const quantities = new Map<string, number>()
  for (const part of typeof text === 'string' ? text.split(',') : []) {
    const match = /^([a-z0-9-]{1,40}):([1-9]\d?)$/.exec(part)
    if (!match) continue
    const [, productId = '', quantity] = match
    quantities.set(productId, Math.min(quantityMost, (quantities.get(productId) ?? 0) + Number(quantity)))
  }
  return [...quantities].slice(0, linesMost).map(([productId, quantity]) => ({ productId, quantity }))
}

/** The reverse of parseLines. */
export function formatLines(lines: OrderLineRequest[]): string {
  return lines.map(({ productId, quantity }) => `${productId}:${quantity}`).join(',')
}
