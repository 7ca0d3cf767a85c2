import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { merchantAuthorization } from '../play/merchant-signature.ts'
import type { MerchantKeys } from '../play/merchant-signature.ts'
import type { NotificationRecord } from '../world/inbox.ts'
import { control } from './control-client.ts'
import { anySandbox } from './find-sandbox.ts'
import { Misused } from './misused.ts'

/** What can be made to happen, as WeChat names it; for refunds how they end. */
const EVENTS: Record<string, 'SUCCESS' | 'ABNORMAL' | 'CLOSED' | null> = {
  'transaction.success': null,
  'refund.success': 'SUCCESS',
  'refund.abnormal': 'ABNORMAL',
  'refund.closed': 'CLOSED',
}

/** What `trigger` is told. */
export interface TriggerOptions {
  event: string
  to: string
  sandbox: string | undefined
  mchid: string | undefined
}

interface Merchant extends MerchantKeys {
  role: 'merchant' | 'partner'
  subMerchants: { mchid: string }[]
}

/**
 * Places an order, pays it and, if asked to, refunds it; the notification goes to that address, encrypted and signed as
 * WeChat's. Prints what was sent and what came back. Resolves with the exit code: 1 when it was not accepted.
 */
export async function trigger({ event, to, sandbox: given, mchid }: TriggerOptions): Promise<number> {
  const end = EVENTS[event]
  if (end === undefined) {
    throw new Misused(`trigger knows no "${event}": there are ${Object.keys(EVENTS).join(', ')}.`)
  }
  const sandbox = await anySandbox(given)
  try {
    // A refund's order is paid for without a word: its own notification goes nowhere.
    const outTradeNo = await pay(sandbox.url, mchid, end === null ? to : NOWHERE)
    if (end !== null) await refund(sandbox.url, outTradeNo, to, end)
    return await report(sandbox.url, outTradeNo.number, to)
  } finally {
    await sandbox.close()
  }
}

const AMOUNT_FEN = 8_800
/** Nobody listens on the discard port. */
const NOWHERE = 'http://127.0.0.1:9/'

interface Placed {
  mchid: string
  number: string
}

async function pay(sandbox: string, mchid: string | undefined, notifyUrl: string): Promise<Placed> {
  const { merchants } = await control<{ merchants: Merchant[] }>(sandbox, '/merchants')
  const merchant = mchid === undefined ? merchants[0] : merchants.find((one) => one.mchid === mchid)
  if (!merchant) throw new Misused(`There is no merchant ${mchid}: see ${sandbox}/_sandbox/merchants.`)
  const { users } = await control<{ users: { id: string; openids: Record<string, string> }[] }>(
    sandbox,
    '/users',
  )
  const [user] = users
  const { appid } = merchant.appids.find(({ kind }) => kind !== 'mobile-app')!
  const number = `TRIGGER${randomBytes(8).toString('hex')}`
  const isPartner = merchant.role === 'partner'
  const openid = user!.openids[appid]
  const who = isPartner
    ? {
        sp_appid: appid,
        sp_mchid: merchant.mchid,
        sub_mchid: merchant.subMerchants[0]!.mchid,
        payer: { sp_openid: openid },
      }
    : { appid, mchid: merchant.mchid, payer: { openid } }
  const order = {
    ...who,
    description: '沙箱触发的订单',
    out_trade_no: number,
    notify_url: notifyUrl,
    amount: { total: AMOUNT_FEN },
  }
  const path = `/v3/pay/${isPartner ? 'partner/' : ''}transactions/jsapi`
  const { prepay_id: prepayId } = await callGateway(sandbox, merchant, path, order)
  await control(sandbox, '/pay', { prepayId, user: user!.id })
  return { mchid: merchant.mchid, number }
}

async function callGateway(
  sandbox: string,
  merchant: Merchant,
  path: string,
  order: object,
): Promise<{ prepay_id: string }> {
  const body = JSON.stringify(order)
  const authorization = merchantAuthorization(merchant, 'POST', path, body)
  const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' }
  const response = await fetch(sandbox + path, { method: 'POST', headers, body })
  const answer = (await response.json()) as { prepay_id: string; code?: string; message?: string }
  if (response.status !== 200) throw new Error(`${path} answers ${answer.code} ${answer.message}`)
  return answer
}

async function refund(
  sandbox: string,
  { mchid, number }: Placed,
  notifyUrl: string,
  end: string,
): Promise<void> {
  const made = await control<{ refundId: string }>(sandbox, '/refunds', {
    mchid,
    outTradeNo: number,
    notifyUrl,
  })
  await control(sandbox, `/refunds/${made.refundId}`, { end })
}

const LOOK_EVERY_MS = 50
/** Longer than the five seconds that a merchant has to answer. */
const ATTEMPTED_WITHIN_MS = 8_000

/** Waits for the first attempt and prints it. */
async function report(sandbox: string, outTradeNo: string, to: string): Promise<number> {
  const isIt = (one: NotificationRecord) => one.outTradeNo === outTradeNo && one.url === to
  const deadline = Date.now() + ATTEMPTED_WITHIN_MS
  while (Date.now() < deadline) {
    const { notifications } = await control<{ notifications: NotificationRecord[] }>(
      sandbox,
      '/notifications',
    )
    const sent = notifications.find(isIt)
    const [attempt] = sent?.attempts ?? []
    if (sent && attempt) {
      const headers = Object.entries(attempt.headers).filter(([name]) => name.startsWith('Wechatpay-'))
      const lines = [
        `${sent.eventType} of ${outTradeNo} → POST ${to}`,
        ...headers.map(([name, value]) => `  ${name}: ${value}`),
        `  ${attempt.body}`,
        `resource in clear text\n  ${sent.resource}`,
        `← ${attempt.status ?? ''} ${attempt.verdict} ${attempt.answer}`.trimEnd(),
      ]
      process.stdout.write(`${lines.join('\n')}\n`)
      return attempt.verdict === 'accepted' ? 0 : 1
    }
    await pause(LOOK_EVERY_MS)
  }
  process.stderr.write(
    `No attempt was made within ${ATTEMPTED_WITHIN_MS / 1000} s: is the sandbox's clock frozen?\n`,
  )
  return 1
}
