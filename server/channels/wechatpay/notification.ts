import { z } from 'zod'
import { InvalidNotification } from '../../payments/payment-channel.ts'
import type { ChannelNotification, ProvenEvent } from '../../payments/payment-channel.ts'
import { openSealed } from './aes-gcm.ts'
import type { KeyRing } from './key-ring.ts'
import { readNotifiedRefund } from './refund-notice.ts'
import { isPaid, readTrade } from './trade.ts'
import { verifyMessage } from './verify.ts'
import type { MessageHeaders } from './verify.ts'

/** https://pay.weixin.qq.com/doc/v3/merchant/4012791836 */
const envelope = z.object({
  id: z.string().min(1).max(64),
  event_type: z.string().min(1).max(64),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string(),
    nonce: z.string(),
    associated_data: z.string().nullish(),
  }),
})

/** Who the resource says it belongs to: sp_mchid in partner mode, otherwise mchid. */
const owner = z.object({ mchid: z.string().optional(), sp_mchid: z.string().optional() })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * What a notification proves. WeChat notifies payments only when they were paid, so that a TRANSACTION.SUCCESS in any
 * other state contradicts itself and proves nothing; the same goes for a refund.
 */
export const provenEvent = (eventType: string, resource: unknown): ProvenEvent => {
  const trade = eventType === 'TRANSACTION.SUCCESS' ? readTrade(resource) : null
  return {
    trade: trade !== null && isPaid(trade) ? trade : null,
    refund: readNotifiedRefund(eventType, resource),
  }
}

/**
 * Verifies the raw bytes, opens the resource and reads it. `nowSeconds` is the machine's time. Throws
 * InvalidNotification. A shape we do not know is kept as it is, proving nothing: somebody should look at it.
 */
export const openNotification = (
  ring: KeyRing,
  headers: MessageHeaders,
  body: Buffer,
  nowSeconds: number,
): ChannelNotification => {
  const verdict = verifyMessage(ring.verifiers, headers, body, nowSeconds)
  if (verdict.body === null) throw new InvalidNotification(verdict.reason)
  const message = envelope.safeParse(parseJson(verdict.body.toString('utf8'))).data
  if (message === undefined)
    throw new InvalidNotification('signed, but not an encrypted notification as documented')
  const { ciphertext, nonce, associated_data } = message.resource
  const resource = openSealed(ring.apiV3Key, { ciphertext, nonce, aad: associated_data ?? '' })
  if (resource === null)
    throw new InvalidNotification("resource does not open with this merchant's APIv3 key")
  const content = parseJson(resource)
  const named = owner.safeParse(content).data
  const mchid = named?.sp_mchid ?? named?.mchid
  if (mchid !== undefined && mchid !== ring.mchid) {
    throw new InvalidNotification('resource belongs to another merchant than its path names')
  }
  return {
    id: message.id,
    eventType: message.event_type,
    ...provenEvent(message.event_type, content),
    resource,
  }
}
