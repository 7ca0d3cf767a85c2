import type { Merchant } from '../world/merchants.ts'
import { decryptField } from './sealed-field.ts'

/** Who alone may pay. Number and name come encrypted. */
export interface Identity {
  type: string
  number: string
  name: string
}

/**
 * Puts the clear text into the place of what was encrypted: each encryption of the same name differs, and the order must
 * be the same when it is repeated. https://pay.weixin.qq.com/doc/v3/merchant/4012070198
 */
export function openIdentity(
  merchant: Merchant,
  serial: string,
  payer: { identity?: Identity | null },
  source: string,
): void {
  const { identity } = payer
  if (!identity) return
  const open = (field: 'number' | 'name') =>
    decryptField(merchant, serial, `${source}/identity/${field}`, identity[field])
  payer.identity = { type: identity.type, number: open('number'), name: open('name') }
}
