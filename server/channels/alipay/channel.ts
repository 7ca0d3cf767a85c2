import { InvalidNotification } from '../../payments/payment-channel.ts'
import type { PaymentChannel } from '../../payments/payment-channel.ts'
import type { RefundChannel } from '../../refunds/refund-channel.ts'
import { ChannelRefused, ChannelUnknown } from '../../shared/errors.ts'
import type { AlipayApp } from './app.ts'
import { createExchange } from './exchange.ts'
import type { ExchangeOptions } from './exchange.ts'
import { openNotification, provenEvent } from './notification.ts'
import { composeLaunch, composeOrder } from './order.ts'
import { createRefunds } from './refund.ts'
import { readTrade, unopenedTrade } from './trade.ts'

export interface AlipayChannelOptions extends ExchangeOptions {
  apps: readonly AlipayApp[]
}

/** Codes of close that say: it is not open any more. What it is then, a query tells. */
const NOT_OPEN = /^ACQ\.(TRADE_STATUS_ERROR|REASON_TRADE_STATUS_INVALID|REASON_ILLEGAL_STATUS|TRADE_HAS_\w+)$/

/** Alipay behind the port: a payment's mchid is the seller's id, its appid the app's. */
export function createAlipayChannel(options: AlipayChannelOptions): PaymentChannel & RefundChannel {
  const exchange = createExchange(options)
  /** Without its keys nobody can ask about a payment, which says nothing about the payment. */
  const appOf = ({ appid }: { appid: string }): AlipayApp => {
    const app = options.apps.find(({ appId }) => appId === appid)
    if (app === undefined) throw new ChannelUnknown(`alipay app ${appid} is not in the configuration`)
    return app
  }
  return {
    composePrepay: composeOrder,

    // Nothing is registered: the trade begins with its buyer. What opens the cashier is the order itself.
    prepay: async (_snapshot, body) => body,

    async query(snapshot) {
      const parties = { sellerId: snapshot.mchid, appId: snapshot.appid }
      const number = { out_trade_no: snapshot.outTradeNo }
      try {
        const trade = readTrade(parties, await exchange(appOf(snapshot), 'alipay.trade.query', number))
        if (trade === null) throw new ChannelUnknown('answer has an unexpected shape')
        return trade
      } catch (error) {
        if (isNotThere(error)) return unopenedTrade(parties, snapshot.outTradeNo)
        throw error
      }
    },

    async close(snapshot) {
      try {
        await exchange(appOf(snapshot), 'alipay.trade.close', { out_trade_no: snapshot.outTradeNo })
        return 'closed'
      } catch (error) {
        if (isNotThere(error)) return 'absent'
        if (error instanceof ChannelRefused && NOT_OPEN.test(error.channelCode)) return 'paid'
        throw error
      }
    },

    launch: (snapshot, opening) => composeLaunch(appOf(snapshot), snapshot, opening),

    readNotification(merchant, _headers, body) {
      const apps = options.apps.filter(({ sellerId }) => sellerId === merchant)
      if (apps.length === 0) throw new InvalidNotification('path names no merchant of the configuration')
      return openNotification(apps, body)
    },

    readStoredResource: (_eventType, resource) => provenEvent(resource),

    ...createRefunds(appOf, exchange),
  }
}

const isNotThere = (error: unknown): boolean =>
  error instanceof ChannelRefused && /^(ACQ\.)?TRADE_NOT_EXIST$/.test(error.channelCode)
