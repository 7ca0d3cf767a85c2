import type { Logger } from 'pino'
import { createWechatLogin } from './channels/wechat-login/wechat-login.ts'
import type { Config, EntryConfig } from './config/load-config.ts'
import type { WechatLogin } from './identity/wechat-login.ts'
import { openChannels } from './open-channels.ts'
import type { PaymentSnapshot } from './payments/payment-channel.ts'
import { channelOf, type Channels } from './payments/payment-deps.ts'
import { ChannelRefused, ChannelUnknown, KindError } from './shared/errors.ts'
import { newOrderId, paymentNumber } from './shared/id.ts'

/** What one question to a provider showed. */
export interface Finding {
  /** e.g. "merchant 1234567890" */
  subject: string
  /** Why the subject cannot work as it is configured; null when it can. */
  fault: string | null
}

/**
 * Asks each provider one harmless question with each key and secret of the configuration: about a payment number that does
 * not exist, and to exchange a login code that does not exist. A verified "no such number" proves the pair of keys in both
 * directions, "invalid code" proves the pair of appid and appsecret. Changes nothing anywhere. Throws ConfigFault for keys
 * that are none.
 */
export async function examine(config: Config, log: Logger): Promise<Finding[]> {
  const opened = openChannels(config, log)
  const login = createWechatLogin(config.hosts)
  try {
    const findings: Finding[] = []
    for (const entry of onePerPayee(config.entries)) {
      const subject =
        entry.channel === 'alipay' ? `Alipay app ${entry.appid}` : `merchant ${entry.subMchid ?? entry.mchid}`
      findings.push({ subject, fault: await faultOf(() => askPayment(opened.channels, entry)) })
    }
    for (const entry of config.entries.filter(({ appsecret }) => appsecret !== null)) {
      const subject = `entry ${entry.code}, app ${entry.customerAppid}`
      findings.push({ subject, fault: await faultOf(() => askLogin(login, entry)) })
    }
    return findings
  } finally {
    opened.disconnect()
  }
}

/** One entry of each merchant, sub-merchant and Alipay app. */
function onePerPayee(entries: EntryConfig[]): EntryConfig[] {
  const payee = (entry: EntryConfig) =>
    entry.channel === 'alipay' ? entry.appid : `${entry.mchid} ${entry.subMchid}`
  return [...new Map(entries.map((entry) => [payee(entry), entry])).values()]
}

async function askPayment(channels: Channels, entry: EntryConfig): Promise<void> {
  const now = new Date()
  const number = { entryCode: entry.code, goodsType: '00', orderId: newOrderId(), attempt: 1 }
  const snapshot: PaymentSnapshot = {
    outTradeNo: paymentNumber(number, now),
    mode: entry.mode,
    mchid: entry.mchid,
    appid: entry.appid,
    subMchid: entry.subMchid,
    subAppid: entry.subAppid,
    way: 'native-qr',
    openid: null,
    payerIp: null,
    amountFen: 1,
    description: '',
    expiresAt: now,
    notifyUrl: '',
  }
  await channelOf({ channels }, entry.channel).query(snapshot)
}

/** WeChat looks at appid and appsecret before it looks at the code. */
async function askLogin(login: WechatLogin, entry: EntryConfig): Promise<void> {
  const exchange = entry.kind === 'mini-program' ? login.exchangeMiniProgramCode : login.exchangeOauthCode
  try {
    await exchange(entry, 'no-such-code')
  } catch (error) {
    if (error instanceof KindError && error.code === 'code-spent') return
    throw error
  }
}

async function faultOf(ask: () => Promise<void>): Promise<string | null> {
  try {
    await ask()
    return null
  } catch (error) {
    if (error instanceof ChannelRefused) return `refused with ${error.channelCode}`
    if (error instanceof ChannelUnknown) return error.reason
    if (error instanceof KindError) return `refused: ${error.kind}`
    throw error
  }
}
