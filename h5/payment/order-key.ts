/**
 * The Idempotency-Key of one confirm visit and its lines: a double tap, a retry, a reload or the way through sign-in
 * makes one order. It lives in the history entry, so that it ends with the visit; other lines are another order.
 */
export function orderKey(lines: string): string {
  const state: unknown = history.state
  const kept = isKept(state) ? state.orderKey : null
  if (kept?.lines === lines) return kept.key
  const key = newKey()
  history.replaceState({ ...(state as object | null), orderKey: { lines, key } }, '')
  return key
}

/** 128 random bits. (crypto.randomUUID is missing in older web-views.) */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

function isKept(state: unknown): state is { orderKey: { lines: string; key: string } } {
  return typeof state === 'object' && state !== null && 'orderKey' in state
}
