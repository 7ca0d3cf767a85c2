import { priceText } from '../services/fen'
import { request } from './request'

/**
 * Plays WeChat from the local sandbox in DevTools, for those who have no merchant account yet.
 * This file is never packed: see stand-in.ts and docs/devtools.md.
 */

const sandboxHost = 'http://127.0.0.1:4010'

/** The demo merchant's mini-program. DevTools itself runs under another appid, e.g. touristappid. */
const demoAppid = 'wx5a17d0c0ffee0002'

/** What the person may do at the cashier. An action sheet holds six; closing it cancels. */
const outcomes = [
  ['立即支付', 'paid'],
  ['密码输错', 'wrong-password'],
  ['余额不足', 'not-enough'],
  ['风险拦截', 'risk'],
  ['已付款，但没有回复', 'lost'],
  ['未付款，也没有回复', 'killed'],
] as const

interface Cashier {
  cashierId: string
  amountFen: number
  description: string
  merchantName: string
}

interface Refused {
  errMsg: string
  message: string
}

interface Outcome {
  result: 'ok' | 'cancel' | 'fail' | 'none'
  message?: string
}

/** The two calls that need a merchant account at WeChat, in wx's own shapes. */
export interface StandIn {
  login(options: WechatMiniprogram.LoginOption): void
  requestPayment(options: WechatMiniprogram.RequestPaymentOption): void
}

/** WeChat as this sandbox person sees it. */
export function playedBy(user: string): StandIn {
  return {
    login: (options) => {
      loginAs(user).then(
        (code) => options.success?.({ code, errMsg: 'login:ok' }),
        (reason: Error) => options.fail?.({ errMsg: `login:fail ${reason.message}`, errno: 0 }),
      )
    },
    requestPayment: (options) => {
      const answer = (outcome: Outcome['result'], detail = '') => {
        if (outcome === 'ok') options.success?.({ errMsg: 'requestPayment:ok' })
        if (outcome === 'cancel') options.fail?.({ errMsg: 'requestPayment:fail cancel' })
        if (outcome === 'fail') options.fail?.({ errMsg: `requestPayment:fail ${detail}` })
      }
      payAs(user, options).then(
        ({ result, message }) => answer(result, message),
        (reason: Error) => answer('fail', reason.message),
      )
    },
  }
}

async function loginAs(user: string): Promise<string> {
  const { code } = await post<{ code: string }>('/codes', { user, appid: demoAppid })
  return code
}

async function payAs(user: string, launch: WechatMiniprogram.RequestPaymentOption): Promise<Outcome> {
  const { timeStamp, nonceStr, package: prepay, signType, paySign } = launch
  const body = { user, appid: demoAppid, timeStamp, nonceStr, package: prepay, signType, paySign }
  const cashier = await post<Cashier | Refused>('/cashier', body)
  if (!('cashierId' in cashier)) {
    await wx.showModal({ title: '微信支付（沙箱）', content: cashier.message, showCancel: false })
    return { result: 'fail', message: cashier.errMsg }
  }
  return post<Outcome>(`/cashier/${cashier.cashierId}`, { outcome: await choose(cashier) })
}

async function choose({ merchantName, description, amountFen }: Cashier): Promise<string> {
  const alertText = `${merchantName} · ${description} · ${priceText(amountFen)}`
  try {
    const { tapIndex } = await wx.showActionSheet({ alertText, itemList: outcomes.map(([label]) => label) })
    return outcomes[tapIndex]?.[1] ?? 'cancelled'
  } catch {
    return 'cancelled'
  }
}

/** A refusal of the cashier (422) is an answer here, any other is a mistake in the set-up. */
async function post<T>(path: string, body: object): Promise<T> {
  const answer = await request({ method: 'POST', url: `${sandboxHost}/_sandbox${path}`, body })
  if (answer.status >= 400 && answer.status !== 422)
    throw new Error(`sandbox: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body as T
}
