import { publicEncrypt, constants } from 'node:crypto'
import type { CallChanges, Reply } from '../sandbox-client.ts'
import { MCHID, MINUTE_MS } from './rule.ts'
import type { Stage } from './rule.ts'

export const PATH = '/v3/refund/domestic/refunds'
export const OTHER = '1900000002'
export const PARTNER = '1900000003'
export const SUB = '1900000013'

/** An order of ¥88 that alice paid. */
export async function paidOrder(stage: Stage): Promise<string> {
  const { outTradeNo, prepayId } = await stage.placed()
  await stage.pay(prepayId)
  return outTradeNo
}

/** The body of a refund of the whole order, with changes. */
export function wish(stage: Stage, outTradeNo: string, changes: object = {}): Record<string, unknown> {
  return {
    out_trade_no: outTradeNo,
    out_refund_no: stage.freshNumber(),
    amount: { refund: 8_800, total: 8_800, currency: 'CNY' },
    ...changes,
  }
}

export const part = (refund: number) => ({ amount: { refund, total: 8_800, currency: 'CNY' } })

export const askRefund = (stage: Stage, body: object, mchid = MCHID): Promise<Reply> =>
  stage.sandbox.call(mchid, 'POST', PATH, body)

/** Pays an order and asks for its money back, with changes to the request. */
export const refundWith = async (stage: Stage, changes: object = {}): Promise<Reply> =>
  askRefund(stage, wish(stage, await paidOrder(stage), changes))

/** Asks, waits, and asks again for the same order. */
export async function twice(stage: Stage, first: object, waitMs: number, second: object): Promise<Reply> {
  const outTradeNo = await paidOrder(stage)
  const { status, text } = await askRefund(stage, wish(stage, outTradeNo, first))
  if (status !== 200) throw new Error(`the first refund was refused: ${text}`)
  await stage.advance(waitMs)
  return askRefund(stage, wish(stage, outTradeNo, second))
}

export async function sameNumber(stage: Stage, changes: object): Promise<Reply> {
  const body = wish(stage, await paidOrder(stage), part(100))
  await askRefund(stage, body)
  return askRefund(stage, { ...body, ...changes })
}

export async function afterPaying(stage: Stage, waitMs: number): Promise<Reply> {
  const outTradeNo = await paidOrder(stage)
  await stage.advance(waitMs)
  return askRefund(stage, wish(stage, outTradeNo))
}

/** So many refunds of one fen, a minute apart, and one more. */
export async function afterMany(stage: Stage, count: number): Promise<Reply> {
  const outTradeNo = await paidOrder(stage)
  for (let made = 0; made < count; made += 1) {
    await askRefund(stage, wish(stage, outTradeNo, part(1)))
    await stage.advance(MINUTE_MS)
  }
  return askRefund(stage, wish(stage, outTradeNo, part(1)))
}

/** The merchant keeps so much at WeChat Pay, tries to give back ¥88, and is well off again afterwards. */
export async function withBalance(stage: Stage, balanceFen: number): Promise<Reply> {
  const outTradeNo = await paidOrder(stage)
  const { balances } = (await stage.sandbox.control('/ledger')).body
  const amountFen = balanceFen - balances[MCHID]
  if (amountFen !== 0) await stage.sandbox.control('/transfers', { mchid: MCHID, amountFen })
  const reply = await askRefund(stage, wish(stage, outTradeNo))
  await stage.sandbox.control('/transfers', { mchid: MCHID, amountFen: 1_000_000 })
  return reply
}

/** Pays for a noodle soup of the partner's sub-merchant and asks for a refund of it. */
export async function partnerRefund(stage: Stage, changes: object = {}): Promise<Reply> {
  return askRefund(stage, { ...(await partnerWish(stage)), ...changes }, PARTNER)
}

/** The partner's order, paid by bob, and the refund of it. */
export async function partnerWish(stage: Stage): Promise<Record<string, unknown>> {
  const { sandbox, freshNumber, receiver } = stage
  const partner = sandbox.merchant(PARTNER)
  const outTradeNo = freshNumber()
  const { appid } = partner.appids[0]!
  const placed = await sandbox.call(PARTNER, 'POST', '/v3/pay/partner/transactions/jsapi', {
    sp_appid: appid,
    sp_mchid: PARTNER,
    sub_mchid: SUB,
    description: '牛肉面',
    out_trade_no: outTradeNo,
    notify_url: receiver.url,
    amount: { total: 8_800 },
    payer: { sp_openid: sandbox.openid('bob', appid) },
  })
  await stage.pay(placed.body.prepay_id, 'bob')
  return { ...wish(stage, outTradeNo), sub_mchid: SUB }
}

export const queryRefund = (stage: Stage, outRefundNo: string, mchid = MCHID, query = ''): Promise<Reply> =>
  stage.sandbox.call(mchid, 'GET', `${PATH}/${outRefundNo}${query}`)

export async function queriedByPartner(stage: Stage, query: string): Promise<Reply> {
  const body = await partnerWish(stage)
  await askRefund(stage, body, PARTNER)
  return queryRefund(stage, String(body['out_refund_no']), PARTNER, query)
}

export async function transactionId(stage: Stage): Promise<string> {
  return (await stage.query(await paidOrder(stage))).body.transaction_id
}

/** Encrypts a field as a merchant does, under the platform certificate. */
export function sealed(stage: Stage, clear: string): string {
  const key = stage.sandbox.merchant(MCHID).platformCertificatePem
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return publicEncrypt({ key, padding, oaepHash: 'sha1' }, Buffer.from(clear)).toString('base64')
}

/** Sends a refund that ended as given once more, to a customer's card, with changes. */
export async function applyAgain(
  stage: Stage,
  { end = 'ABNORMAL', changes = {}, serial }: { end?: string; changes?: object; serial?: string } = {},
): Promise<Reply> {
  const { body } = await refundWith(stage)
  await stage.sandbox.control(`/refunds/${body.refund_id}`, { end })
  const request: CallChanges = {
    headers: { 'wechatpay-serial': serial ?? stage.sandbox.merchant(MCHID).platformSerialNo },
  }
  const card = {
    out_refund_no: body.out_refund_no,
    type: 'USER_BANK_CARD',
    bank_type: 'CMB_DEBIT',
    bank_account: sealed(stage, '6222020000001234567'),
    real_name: sealed(stage, '小林'),
    ...changes,
  }
  return stage.sandbox.call(MCHID, 'POST', `${PATH}/${body.refund_id}/apply-abnormal-refund`, card, request)
}
