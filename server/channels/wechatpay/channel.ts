import { InvalidNotification } from '../../payments/payment-channel.ts'
import type { PaymentChannel } from '../../payments/payment-channel.ts'
import type { RefundChannel } from '../../refunds/refund-channel.ts'
import type { ClockSkew } from '../../shared/clock-skew.ts'
import { ChannelRefused, ChannelUnknown } from '../../shared/errors.ts'
import { assertClosed, closeRequest } from './close.ts'
import { createExchange } from './exchange.ts'
import type { ChannelLog } from './exchange.ts'
import { createKeyRing } from './key-ring.ts'
import type { KeyRing } from './key-ring.ts'
import { composeLaunch } from './launch.ts'
import type { WechatpayMerchant } from './merchant.ts'
import { openNotification, provenEvent } from './notification.ts'
import { composePrepayBody, prepayRequest, readHandle } from './prepay.ts'
import { queryRequest, readQueriedTrade } from './query.ts'
import { createRefunds } from './refund.ts'
import { createRequestBuilder } from './request-builder.ts'
import type { RequestBuilder } from './request-builder.ts'
import { machineSeconds } from './sign.ts'
import { createTransport } from './transport.ts'
import type { TransportTimeouts } from './transport.ts'

export interface WechatpayChannelOptions {
  /** By mchid. */
  merchants: ReadonlyMap<string, WechatpayMerchant>
  /** Origins, the preferred one first; WECHATPAY_HOSTS in earnest. */
  hosts: readonly string[]
  log?: ChannelLog
  /** Told what time WeChat's answers say. */
  skew?: ClockSkew
  /** Shorter ones make tests quick. */
  timeouts?: TransportTimeouts
}

export type WechatpayChannel = PaymentChannel &
  RefundChannel & {
    /** Drops every connection to WeChat Pay; requests under way become unknown. For the end of the process. */
    disconnect(): void
  }

interface Account {
  ring: KeyRing
  builder: RequestBuilder
}

/** WeChat Pay APIv3 behind the port: merchants for themselves and in partner mode, by public key or certificate. */
export const createWechatpayChannel = (options: WechatpayChannelOptions): WechatpayChannel => {
  const transport = createTransport(options.hosts, options.timeouts)
  const exchange = createExchange(transport, options.log, options.skew)
  const accounts = new Map<string, Account>()
  for (const [mchid, merchant] of options.merchants) {
    accounts.set(mchid, { ring: createKeyRing(merchant), builder: createRequestBuilder(mchid) })
  }
  /** Without its keys nobody can ask about a payment, which says nothing about the payment. */
  const accountOf = ({ mchid }: { mchid: string }): Account => {
    const account = accounts.get(mchid)
    if (account === undefined) throw new ChannelUnknown(`merchant ${mchid} is not in the configuration`)
    return account
  }

  return {
    composePrepay: (snapshot) => composePrepayBody(accountOf(snapshot).builder, snapshot),

    async prepay(snapshot, body) {
      return readHandle(snapshot, await exchange(accountOf(snapshot).ring, prepayRequest(snapshot, body)))
    },

    async query(snapshot) {
      const { ring, builder } = accountOf(snapshot)
      try {
        return readQueriedTrade(snapshot, await exchange(ring, queryRequest(builder, snapshot)))
      } catch (error) {
        if (error instanceof ChannelRefused && error.channelCode === 'ORDER_NOT_EXIST') return null
        throw error
      }
    },

    async close(snapshot) {
      const { ring, builder } = accountOf(snapshot)
      try {
        assertClosed(await exchange(ring, closeRequest(builder, snapshot)))
        return 'closed'
      } catch (error) {
        if (!(error instanceof ChannelRefused)) throw error
        if (error.channelCode === 'ORDER_PAID') return 'paid'
        if (error.channelCode === 'ORDER_CLOSED') return 'closed'
        throw error
      }
    },

    ...createRefunds((snapshot) => accountOf(snapshot).ring, exchange),

    launch: (snapshot, opening) => composeLaunch(accountOf(snapshot).ring, snapshot, opening),

    readNotification(merchant, headers, body) {
      const account = accounts.get(merchant)
      if (account === undefined) throw new InvalidNotification('path names no merchant of the configuration')
      return openNotification(account.ring, headers, body, machineSeconds())
    },

    readStoredResource: provenEvent,

    disconnect: () => transport.close(),
  }
}
