import { InvalidNotification } from '../../payments/payment-channel.ts'
import type { ChannelNotification, ProvenEvent } from '../../payments/payment-channel.ts'
import type { AlipayApp } from './app.ts'
import { readTrade } from './trade.ts'

type Form = Record<string, string>

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** The form as it came. Throws InvalidNotification when a name stands there twice or the bytes are no UTF-8. */
function readForm(body: Buffer): Form {
  let pairs: [string, string][]
  try {
    pairs = [...new URLSearchParams(UTF8.decode(body))]
  } catch {
    throw new InvalidNotification('form is not UTF-8')
  }
  const form = Object.fromEntries(pairs)
  if (Object.keys(form).length < pairs.length) throw new InvalidNotification('form names something twice')
  return form
}

/** Alipay's own are 34 and 46 characters. */
const NOTIFY_ID = /^[0-9A-Za-z_-]{1,128}$/

/**
 * Verifies a notification of one merchant. The message names its app, and with it the key; sign_type is fixed before
 * anything is verified, since the SDK would take SHA-1 when the message asks for it.
 * https://opendocs.alipay.com/open/203/105286
 */
export function openNotification(apps: readonly AlipayApp[], body: Buffer): ChannelNotification {
  const form = readForm(body)
  if (form['sign_type'] !== 'RSA2') throw new InvalidNotification('sign_type is not RSA2')
  const app = apps.find(({ appId }) => appId === form['app_id'])
  if (!app) throw new InvalidNotification('app_id is no app of this merchant')
  if (!app.sdk.checkNotifySignV2(form)) throw new InvalidNotification('signature does not verify')
  const id = form['notify_id'] ?? ''
  if (!NOTIFY_ID.test(id)) throw new InvalidNotification('notify_id is missing')
  const { sign: _sign, ...told } = form
  const eventType = told['trade_status'] ?? told['notify_type'] ?? ''
  return { id, eventType, ...provenEvent(told), resource: JSON.stringify(told) }
}

/**
 * What a form proves that was verified. Seller and app are the message's own: they are compared with the payment's. Of
 * refunds the notifications tell no number that could be trusted to be one refund: those are asked about.
 */
export function provenEvent(resource: unknown): ProvenEvent {
  const { notify_type: type, seller_id: sellerId, app_id: appId } = resource as Form
  const isTrade = type === 'trade_status_sync'
  const parties = { sellerId: sellerId ?? '', appId: appId ?? '' }
  return { trade: isTrade ? readTrade(parties, resource) : null, refund: null }
}
