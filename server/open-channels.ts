import type { Logger } from 'pino'
import { FaultyAlipayApp, readAlipayApp } from './channels/alipay/app.ts'
import { createAlipayChannel } from './channels/alipay/channel.ts'
import { createWechatpayChannel } from './channels/wechatpay/channel.ts'
import { FaultyMerchant, readWechatpayMerchant } from './channels/wechatpay/merchant.ts'
import type { TransportTimeouts } from './channels/wechatpay/transport.ts'
import { ConfigFault, type Config } from './config/load-config.ts'
import { createClockSkew, type ClockSkew } from './shared/clock-skew.ts'
import type { PaymentDeps } from './payments/payment-deps.ts'
import type { RefundDeps } from './refunds/refund-deps.ts'

/** Every channel of the configuration, ready to be asked. */
export interface OpenChannels extends Pick<PaymentDeps, 'channels'>, Pick<RefundDeps, 'refundChannels'> {
  /** Whose keys are there: mchids, and the ids of Alipay's apps. */
  keyHolders: ReadonlySet<string>
  /** What the answers of WeChat Pay say about this machine's clock. */
  skew: ClockSkew
  /** Origins of the channels that have keys. */
  hosts: readonly string[]
  /** Drops every connection. For the end of the process. */
  disconnect(): void
}

/** Parses all keys and builds the channels. Throws ConfigFault with every fault of every merchant and app. */
export function openChannels(config: Config, log: Logger, timeouts?: TransportTimeouts): OpenChannels {
  const faults: string[] = []
  const read = <T>(name: string, parse: () => T): T[] => {
    try {
      return [parse()]
    } catch (error) {
      if (!(error instanceof FaultyMerchant || error instanceof FaultyAlipayApp)) throw error
      faults.push(...error.faults.map((fault) => `${name}: ${fault}`))
      return []
    }
  }
  const merchants = config.merchants.flatMap((texts) =>
    read(`merchant ${texts.mchid}`, () => readWechatpayMerchant(texts)),
  )
  const apps = config.alipayApps.flatMap((texts) =>
    read(`alipay app ${texts.appId}`, () => readAlipayApp(texts, config.hosts.alipay)),
  )
  if (faults.length > 0) throw new ConfigFault(faults)
  const byMchid = new Map(merchants.map((merchant) => [merchant.mchid, merchant]))
  const skew = createClockSkew(log)
  const wechatpay = createWechatpayChannel({
    merchants: byMchid,
    skew,
    hosts: config.hosts.wechatpay,
    log,
    ...(timeouts && { timeouts }),
  })
  const alipay = createAlipayChannel({ apps, host: config.hosts.alipay, log })
  const channels = new Map([
    ['wechatpay' as const, wechatpay],
    ['alipay' as const, alipay],
  ])
  return {
    channels,
    refundChannels: channels,
    keyHolders: new Set([...byMchid.keys(), ...apps.map(({ appId }) => appId)]),
    skew,
    hosts: [
      ...(merchants.length > 0 ? config.hosts.wechatpay.slice(0, 1) : []),
      ...(apps.length > 0 ? [config.hosts.alipay] : []),
    ],
    disconnect: () => wechatpay.disconnect(),
  }
}
