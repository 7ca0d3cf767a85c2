import { randomUUID } from 'node:crypto'
import { beijingTime } from '../world/clock.ts'
import type { Merchant } from '../world/merchants.ts'
import { notificationKey } from '../world/merchants.ts'
import type { Effect } from '../world/weather.ts'
import { alter } from './alter.ts'
import { encryptFor, requestId, signatureHeaders } from './signature.ts'

/** A notification that waits to be delivered. Plain JSON: it is kept over a restart. */
export interface Delivery {
  id: string
  eventType: string
  /** 支付成功 and the like. */
  summary: string
  originalType: 'transaction' | 'refund' | 'med_ins'
  mchid: string
  outTradeNo: string
  /** Only of refunds. */
  refundId?: string
  /** Only of combined orders: the number is theirs. */
  isCombine?: true
  /** Only of medical insurance orders. */
  mixTradeNo?: string
  url: string
  createdAtMs: number
  /** Attempts made so far. */
  attempts: number
  /** Business time of the next attempt; null when it is over. */
  dueAtMs: number | null
}

/** Makes the delivery of a fresh event, due at once. */
export function newDelivery(given: Omit<Delivery, 'id' | 'attempts' | 'dueAtMs'>): Delivery {
  // 36 characters, like EV-2018022511223320873.
  return { ...given, id: randomUUID(), attempts: 0, dueAtMs: given.createdAtMs }
}

/** The bytes of one attempt. */
export interface Envelope {
  headers: Record<string, string>
  body: string
  /** The resource as it was encrypted, after weather changed it. */
  resource: string
}

/**
 * Encrypts and signs one attempt; every attempt has its own nonces and timestamp.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012791836
 */
export function seal(
  merchant: Merchant,
  delivery: Delivery,
  content: Record<string, unknown>,
  weather: Effect,
): Envelope {
  const resource = JSON.stringify(alter(content, weather.alter))
  const envelope = {
    id: delivery.id,
    create_time: beijingTime(delivery.createdAtMs),
    resource_type: 'encrypt-resource',
    event_type: delivery.eventType,
    summary: delivery.summary,
    resource: {
      original_type: delivery.originalType,
      ...encryptFor(merchant.sealKey, resource, delivery.originalType),
    },
  }
  const signed = JSON.stringify(envelope)
  const body = weather.tamper ? JSON.stringify(alter(envelope, weather.tamper)) : signed
  return {
    headers: {
      'Content-Type': 'application/json',
      Accept: '*/*',
      'User-Agent': 'Mozilla/4.0',
      'Content-Length': String(Buffer.byteLength(body)),
      'Request-ID': requestId('0'),
      ...signatureHeaders(notificationKey(merchant, Math.random()), signed, weather),
    },
    body,
    resource,
  }
}
