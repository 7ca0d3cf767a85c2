import type { EntryConfig } from '../config/load-config.ts'
import type { Clock } from '../shared/clock.ts'
import type { Job } from '../shared/job.ts'
import type { Database, Writer } from '../store/database.ts'
import type { PaymentChannel } from './payment-channel.ts'

/** What asking the channel about a payment needs. */
export interface PaymentDeps {
  db: Database
  clock: Clock
  channel: PaymentChannel
}

/** What starting a payment needs besides. */
export interface StartDeps extends PaymentDeps {
  entries: ReadonlyMap<string, EntryConfig>
  /** Where the channel reaches us, e.g. "https://shop.example.com". */
  publicUrl: string
  /** Leaves a job in the same transaction. */
  enqueue: (writer: Writer, job: Job) => Promise<void>
}

/** Who is paying, through which door: the session's word, never the request's. */
export interface Payer {
  accountId: string
  entryCode: string
  /** The app that the session belongs to; the openid means something only under it. */
  customerAppid: string
  openid: string
}

/** The app that the payer of a payment is in: WeChat knows the openid under the sub-merchant's, when there is one. */
export const customerAppid = (payment: { appid: string; sub_appid: string | null }) =>
  payment.sub_appid ?? payment.appid
