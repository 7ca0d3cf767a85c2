import type { SandboxOptions } from '../../../sandbox/sandbox.ts'
import { openReceiver, openSandbox } from '../sandbox-client.ts'
import type { CallChanges, Receiver, Reply, SandboxClient } from '../sandbox-client.ts'

/** The demo merchant of most rules. */
export const MCHID = '1900000001'

/** A sandbox, and the ordinary requests that rules vary. */
export interface Stage {
  sandbox: SandboxClient
  receiver: Receiver
  officialAppid: string
  miniAppid: string
  freshNumber(): string
  /** A right jsapi order of alice in the mini-program, with changes. */
  order(changes?: Record<string, unknown>): Record<string, unknown>
  /** Orders by jsapi. */
  prepay(changes?: Record<string, unknown>, request?: CallChanges): Promise<Reply>
  /** Orders and returns the number and the prepay_id. */
  placed(changes?: Record<string, unknown>): Promise<{ outTradeNo: string; prepayId: string }>
  query(outTradeNo: string, request?: CallChanges): Promise<Reply>
  closeOrder(outTradeNo: string, body?: unknown): Promise<Reply>
  /** Pays without a client. */
  pay(prepayId: string, user?: string): Promise<Reply>
  /** Opens the cashier as alice's mini-program does, with changes to what it hands over. */
  launch(prepayId: string, changes?: Record<string, string>): Promise<Reply>
  advance(ms: number): Promise<Reply>
  /** A sandbox that knows the merchant's domain: 127.0.0.1. */
  h5Shop(): Promise<SandboxClient>
  /** The same order at a sandbox without the local-notify switch: notify_url as strict as at WeChat. */
  prepayStrictly(changes: Record<string, unknown>): Promise<Reply>
  close(): Promise<void>
}

/** One thing that WeChat enforces: how to break it, what WeChat says then, and how to keep it. */
export interface Rule {
  /** As docs/fidelity.md lists it. */
  id: string
  broken(stage: Stage): Promise<Reply>
  /** `number` is the part of Request-ID after the last dash. */
  answers: {
    status?: number
    code?: string
    message?: string | RegExp
    number?: string
    /** The whole `detail` of the answer. */
    detail?: object
    errcode?: number
    errmsg?: RegExp
    /** Of an answer that is a page. */
    text?: RegExp
    errMsg?: string
    /** Of Alipay's gateway, and of its cashier. */
    sub_code?: string
    sub_msg?: RegExp
    subCode?: string
  }
  kept(stage: Stage): Promise<Reply>
}

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

export async function openStage(options: Partial<SandboxOptions> = {}): Promise<Stage> {
  const sandbox = await openSandbox(options)
  const receiver = await openReceiver()
  const [official, mini] = sandbox.merchant(MCHID).appids
  const miniAppid = mini!.appid
  let count = 0
  let strict: Promise<SandboxClient> | undefined
  let h5Shop: Promise<SandboxClient> | undefined
  const path = '/v3/pay/transactions'
  const stage: Stage = {
    sandbox,
    receiver,
    officialAppid: official!.appid,
    miniAppid,
    freshNumber: () => `R${Date.now()}${(count += 1)}`,
    order: (changes = {}) => ({
      appid: miniAppid,
      mchid: MCHID,
      description: '白瓷盖碗',
      out_trade_no: stage.freshNumber(),
      notify_url: receiver.url,
      amount: { total: 8_800, currency: 'CNY' },
      payer: { openid: sandbox.openid('alice', miniAppid) },
      ...changes,
    }),
    prepay: (changes = {}, request = {}) =>
      sandbox.call(MCHID, 'POST', `${path}/jsapi`, stage.order(changes), request),
    async placed(changes = {}) {
      const body = stage.order(changes)
      const answer = await sandbox.call(MCHID, 'POST', `${path}/jsapi`, body)
      if (answer.status !== 200) throw new Error(`the order was refused: ${answer.text}`)
      return { outTradeNo: String(body['out_trade_no']), prepayId: answer.body.prepay_id }
    },
    query: (outTradeNo, request = {}) =>
      sandbox.call(MCHID, 'GET', `${path}/out-trade-no/${outTradeNo}?mchid=${MCHID}`, undefined, request),
    closeOrder: (outTradeNo, body = { mchid: MCHID }) =>
      sandbox.call(MCHID, 'POST', `${path}/out-trade-no/${outTradeNo}/close`, body),
    pay: (prepayId, user = 'alice') => sandbox.control('/pay', { prepayId, user }),
    launch: (prepayId, changes = {}) =>
      sandbox.control('/cashier', {
        user: 'alice',
        appid: miniAppid,
        ...sandbox.launch(MCHID, miniAppid, prepayId),
        ...changes,
      }),
    advance: (advanceMs) => sandbox.control('/clock', { advanceMs }),
    h5Shop: () => (h5Shop ??= openSandbox({ h5Url: 'http://127.0.0.1:3000' })),
    async prepayStrictly(changes) {
      strict ??= openSandbox({ localNotify: false })
      const there = await strict
      const payer = { openid: there.openid('alice', miniAppid) }
      return there.call(MCHID, 'POST', `${path}/jsapi`, stage.order({ payer, ...changes }))
    },
    async close() {
      await receiver.close()
      await sandbox.close()
      await (await strict)?.close()
      await (await h5Shop)?.close()
    },
  }
  return stage
}
