import { randomBytes } from 'node:crypto'
import { merchantAuthorization } from '../play/merchant-signature.ts'
import type { MerchantKeys } from '../play/merchant-signature.ts'
import { control } from './control-client.ts'
import { Failed, Misused } from './misused.ts'

const AMOUNT_FEN = 8_800

interface Merchant extends MerchantKeys {
  role: 'merchant' | 'partner'
  subMerchants: { mchid: string }[]
}

/** An order that was placed and paid. */
export interface PaidOrder {
  mchid: string
  number: string
}

/** What the order is to be. */
export interface OrderWish {
  /** Whose; undefined: the first demo merchant's. */
  mchid: string | undefined
  isCombined: boolean
  notifyUrl: string
}

/** Places an order as its merchant does, and pays it as the first person. Throws Misused when there is no such merchant. */
export async function payNewOrder(sandbox: string, wish: OrderWish): Promise<PaidOrder> {
  const { merchants } = await control<{ merchants: Merchant[] }>(sandbox, '/merchants')
  const merchant =
    wish.mchid === undefined ? merchants[0] : merchants.find(({ mchid }) => mchid === wish.mchid)
  if (!merchant) throw new Misused(`There is no merchant ${wish.mchid}: see ${sandbox}/_sandbox/merchants.`)
  const { users } = await control<{ users: { id: string; openids: Record<string, string> }[] }>(
    sandbox,
    '/users',
  )
  const user = users[0]!
  const { appid } = merchant.appids.find(({ kind }) => kind !== 'mobile-app')!
  const number = `TRIGGER${randomBytes(8).toString('hex')}`
  const placing = { merchant, appid, openid: user.openids[appid]!, number, notifyUrl: wish.notifyUrl }
  const [path, order] = wish.isCombined ? combinedOrder(placing) : singleOrder(placing)
  const { prepay_id: prepayId } = await callGateway(sandbox, merchant, path, order)
  await control(sandbox, '/pay', { prepayId, user: user.id })
  return { mchid: merchant.mchid, number }
}

interface Placing {
  merchant: Merchant
  appid: string
  openid: string
  number: string
  notifyUrl: string
}

const DESCRIPTION = '沙箱触发的订单'

function singleOrder({ merchant, appid, openid, number, notifyUrl }: Placing): [path: string, body: object] {
  const isPartner = merchant.role === 'partner'
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
    description: DESCRIPTION,
    out_trade_no: number,
    notify_url: notifyUrl,
    amount: { total: AMOUNT_FEN },
  }
  return [`/v3/pay/${isPartner ? 'partner/' : ''}transactions/jsapi`, order]
}

/** A partner's parts are its sub-merchants', a merchant's are its own. */
function combinedOrder({ merchant, appid, openid, number, notifyUrl }: Placing): [string, object] {
  const [first, second = first] = merchant.subMerchants
  const part = (letter: string, sub: { mchid: string } | undefined) => ({
    mchid: merchant.mchid,
    ...(sub && { sub_mchid: sub.mchid }),
    attach: letter,
    amount: { total_amount: AMOUNT_FEN, currency: 'CNY' },
    out_trade_no: `${number}${letter}`,
    description: DESCRIPTION,
  })
  const order = {
    combine_appid: appid,
    combine_mchid: merchant.mchid,
    combine_out_trade_no: number,
    sub_orders: [part('a', first), part('b', second)],
    combine_payer_info: { openid },
    notify_url: notifyUrl,
  }
  return ['/v3/combine-transactions/jsapi', order]
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
  if (response.status === 200) return answer
  const { code, message = '' } = answer
  // The only thing about the order that the one who asks for it has chosen.
  const isAboutAddress = message.includes('notify_url')
  const advice = isAboutAddress ? ': a sandbox that was started with --local-notify takes any address' : ''
  throw new Failed(`${path} answers ${code} ${message}${advice}`)
}
