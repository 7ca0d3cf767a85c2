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
  appid: string
  openid: string
}
