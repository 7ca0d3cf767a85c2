import { beforeAll, beforeEach } from 'vitest'
import type { Config } from '../../server/config/load-config.ts'
import { rowsOf } from './fingerprint.ts'
import { moneyStage, type MoneyStage } from './money-stage.ts'
import {
  notify,
  paidResource,
  sealed,
  withNotifier,
  type SentHeaders,
  type WebhookAnswer,
} from './notifier.ts'
import { apiV3Key, ours, wechatCertificate } from './wechatpay-peer.ts'

/** Another merchant of the same shop, with keys of its own. */
export const otherMerchant = {
  mchid: '1900000099',
  apiV3Key,
  /** WeChat's key for it: what it signs is to be believed about this merchant alone. */
  signing: { key: wechatCertificate.privateKey, serial: 'PUB_KEY_ID_0119000000992026112100192001000100' },
}

/** A stage for what comes to the webhook: WeChat's key is ours, and every test has a payment that is open. */
export interface NotificationStage extends MoneyStage {
  orderId: string
  paymentId: string
  /** The open payment as paid: ¥198, of which a coupon paid ¥25. */
  paid(changes?: Record<string, unknown>): ReturnType<typeof paidResource>
  seal(resource: unknown, changes?: { eventType?: string; key?: string }): string
  send(body: string | Buffer, headers?: SentHeaders, merchant?: string): Promise<WebhookAnswer>
  orderState(): Promise<string>
  /** What became of the messages about a payment: the open one, or another number. */
  outcomes(outTradeNo?: string): Promise<string[]>
  anomalies(outTradeNo?: string): Promise<{ kind: string; particulars: unknown }[]>
}

/** Sets it for a whole file; called once, at its top. */
export function notificationStage(): NotificationStage {
  let count = 0
  const stage: NotificationStage = Object.assign(moneyStage(), {
    orderId: '',
    paymentId: '',
    paid: (changes: Record<string, unknown> = {}) => ({
      ...paidResource(stage.alice, { id: stage.paymentId, amountFen: 19_800 }),
      transaction_id: `42000012342026112112345678${String((count += 1)).padStart(2, '0')}`,
      amount: { total: 19_800, payer_total: 17_300, currency: 'CNY', payer_currency: 'CNY' },
      ...changes,
    }),
    seal: (resource: unknown, changes?: { eventType?: string; key?: string }) =>
      sealed(stage.shop, resource, changes),
    send: (body: string | Buffer, headers?: SentHeaders, merchant?: string) =>
      notify(stage.shop, body, headers, merchant),
    orderState: async () => (await stage.alice.detail(stage.orderId)).state,
    outcomes: async (outTradeNo = stage.paymentId) =>
      (await rowsOf<{ outcome: string; resource: { out_trade_no: string } }>(stage.shop, 'notifications'))
        .filter(({ resource }) => resource.out_trade_no === outTradeNo)
        .map(({ outcome }) => outcome),
    anomalies: async (outTradeNo = stage.paymentId) =>
      (await rowsOf<{ out_trade_no: string; kind: string; particulars: unknown }>(stage.shop, 'anomalies'))
        .filter((row) => row.out_trade_no === outTradeNo)
        .map(({ kind, particulars }) => ({ kind, particulars })),
  })
  beforeAll(() => stage.shop.restart((config) => withOtherMerchant(withNotifier(config))))
  beforeEach(async () => {
    stage.orderId = (await stage.alice.order('tea-puer', 1)).id
    stage.paymentId = (await stage.alice.pay(stage.orderId)).id
  })
  return stage
}

function withOtherMerchant(config: Config): Config {
  const privateKeyPem = ours.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const publicKeyPem = wechatCertificate.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const other: Config['merchants'][number] = {
    mchid: otherMerchant.mchid,
    mode: 'merchant',
    apiV3Key: otherMerchant.apiV3Key,
    certificates: [{ serialNo: ours.serialNo, privateKeyPem }],
    publicKeys: [{ id: otherMerchant.signing.serial, publicKeyPem }],
    platformCertificates: [],
  }
  return { ...config, merchants: [...config.merchants, other] }
}
