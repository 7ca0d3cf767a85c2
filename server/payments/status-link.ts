import { createHmac, timingSafeEqual } from 'node:crypto'

const shape = /^([0-9]{10})\.([A-Za-z0-9_-]{22})$/

/**
 * Lets whoever holds it see how one order's payment stands, until `until`: for the browser that WeChat or Alipay comes
 * back to, which need not be the one that left. It shows a state and an amount and opens nothing. Pure.
 */
export function writeStatusLink(key: Buffer, orderId: string, until: Date): string {
  const seconds = String(Math.floor(until.getTime() / 1000))
  return `${seconds}.${proofOf(key, orderId, seconds)}`
}

/** Whether a text is a link for this order that has not run out. Pure. */
export function isStatusLink(key: Buffer, orderId: string, text: string, now: Date): boolean {
  const [, seconds = '', proof = ''] = shape.exec(text) ?? []
  if (!proof || Number(seconds) * 1000 <= now.getTime()) return false
  return timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(key, orderId, seconds)))
}

/** 132 bits of an HMAC: nobody lives to guess them within the hour. */
const proofOf = (key: Buffer, orderId: string, seconds: string) =>
  createHmac('sha256', key).update(`status ${orderId} ${seconds}`).digest('base64url').slice(0, 22)
