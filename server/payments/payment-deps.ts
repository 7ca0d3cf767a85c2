import type { EntryConfig } from '../config/load-config.ts'
import { KindError } from '../shared/errors.ts'
import type { Clock } from '../shared/clock.ts'
import type { Database } from '../store/database.ts'
import type { Allowances } from './allowance.ts'
import type { ChannelName, PaymentChannel } from './payment-channel.ts'

/** Every channel of the configuration. */
export type Channels = ReadonlyMap<ChannelName, PaymentChannel>

/** The channel that a payment was made through. Throws when the configuration no longer has it: a defect of its check. */
export function channelOf({ channels }: { channels: Channels }, channel: ChannelName): PaymentChannel {
  const found = channels.get(channel)
  if (!found) throw new Error(`channel ${channel} is not wired`)
  return found
}

/** What settling a payment needs. */
export interface SettleDeps {
  db: Database
  clock: Clock
}

/** What asking the channel about a payment needs. */
export interface PaymentDeps extends SettleDeps {
  channels: Channels
  allowances: Allowances
}

/** What opening its cashier needs besides. */
export interface LaunchDeps extends PaymentDeps {
  /** Where customers and the channel reach us, e.g. "https://shop.example.com". */
  publicUrl: string
  /** Signs links that show how a payment stands. */
  statusKey: Buffer
}

/** What starting a payment needs besides. */
export interface StartDeps extends PaymentDeps {
  entries: ReadonlyMap<string, EntryConfig>
  /** Where the channel reaches us, e.g. "https://shop.example.com". */
  publicUrl: string
}

/** Who is paying, through which door: the session's word, never the request's. */
export interface Payer {
  accountId: string
  entryCode: string
  /** The app that the session belongs to; the openid means something only under it. Null at doors that know nobody. */
  customerAppid: string | null
  openid: string | null
  /** Where the customer is, as the trusted proxies say; null when they do not tell an address. */
  ip: string | null
}

/**
 * Where the customer is, for H5 pay: WeChat compares the address with the one that it sees. Throws Conflict
 * `address-unknown` when the proxies told none.
 */
export function addressOf(payer: Payer): string {
  if (payer.ip === null)
    throw new KindError('Conflict', '暂时无法识别您的网络，请改用支付宝，或复制链接到微信里打开支付。', {
      code: 'address-unknown',
    })
  return payer.ip
}

/** The app that the payer of a payment is in: WeChat knows the openid under the sub-merchant's, when there is one. */
export const customerAppid = (payment: { appid: string; sub_appid: string | null }) =>
  payment.sub_appid ?? payment.appid
