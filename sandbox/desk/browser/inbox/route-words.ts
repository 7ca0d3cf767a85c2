import type { CallView, NotificationView } from '../sandbox/views.ts'
import { t } from '../words/t.ts'
import type { Sentence } from '../words/zh-cn.ts'

/** Addresses and what one asks there; the first that matches counts. */
const ROUTES: readonly [method: string, path: RegExp, sentence: Sentence][] = [
  ['POST', /^\/v3\/pay\/(partner\/)?transactions\/jsapi$/, 'route.jsapi'],
  ['POST', /^\/v3\/pay\/(partner\/)?transactions\/native$/, 'route.native'],
  ['POST', /^\/v3\/pay\/(partner\/)?transactions\/h5$/, 'route.h5'],
  ['POST', /^\/v3\/pay\/(partner\/)?transactions\/app$/, 'route.app'],
  ['POST', /^\/v3\/(pay|combine-transactions)\/.*\/close$/, 'route.close'],
  ['GET', /^\/v3\/(pay|combine-transactions)\//, 'route.query'],
  ['POST', /^\/v3\/combine-transactions\//, 'route.combine'],
  ['POST', /^\/v3\/med-ins\//, 'route.medical'],
  ['GET', /^\/v3\/med-ins\//, 'route.medical-query'],
  ['POST', /^\/v3\/refund\/domestic\/refunds$/, 'route.refund'],
  ['POST', /^\/v3\/refund\/domestic\/refunds\/[^/]+\/apply-abnormal-refund$/, 'route.refund-abnormal'],
  ['GET', /^\/v3\/refund\/domestic\/refunds\//, 'route.refund-query'],
  ['GET', /^\/v3\/bill\/tradebill$/, 'route.trade-bill'],
  ['GET', /^\/v3\/bill\/fundflowbill$/, 'route.fund-bill'],
  ['GET', /^\/v3\/billdownload\//, 'route.bill-download'],
  ['GET', /^\/v3\/certificates$/, 'route.certificates'],
  ['GET', /^\/sns\/jscode2session$/, 'route.mini-program-login'],
  ['GET', /^\/sns\/oauth2\/access_token$/, 'route.oauth-token'],
  ['GET', /^\/sns\/userinfo$/, 'route.user'],
  ['GET', /^\/cgi-bin\/token$/, 'route.token'],
  ['POST', /^\/cgi-bin\/stable_token$/, 'route.token'],
  ['GET', /^\/cgi-bin\/ticket\/getticket$/, 'route.ticket'],
  ['POST', /^\/wxa\/generate(_urllink|scheme)$/, 'route.link'],
  ['POST', /^\/wxa\/business\/getuserphonenumber$/, 'route.phone-number'],
  ['POST', /^\/wxa\/sec\/order\//, 'route.shipping'],
]

/** What is asked of Alipay: it has one address, and the method stands among the parameters. */
const ALIPAY_METHODS: Record<string, Sentence> = {
  'alipay.trade.wap.pay': 'route.alipay-page',
  'alipay.trade.page.pay': 'route.alipay-page',
  'alipay.trade.precreate': 'route.alipay-precreate',
  'alipay.trade.query': 'route.alipay-query',
  'alipay.trade.close': 'route.alipay-close',
  'alipay.trade.refund': 'route.alipay-refund',
  'alipay.trade.fastpay.refund.query': 'route.alipay-refund-query',
}

type Asked = Pick<CallView, 'method' | 'url' | 'body'>

/** The method of a call to Alipay's gateway; null: it is another's. */
function alipayMethod({ url, body }: Asked): string | null {
  const [path, query = ''] = url.split('?')
  if (path !== '/gateway.do') return null
  return new URLSearchParams(query).get('method') ?? new URLSearchParams(body).get('method') ?? ''
}

/** The sentence that names what a call asks; undefined for an address that has none. */
export function routeOfCall(call: Asked): Sentence | undefined {
  const atAlipay = alipayMethod(call)
  if (atAlipay !== null) return ALIPAY_METHODS[atAlipay]
  const [path = ''] = call.url.split('?')
  return ROUTES.find(([verb, pattern]) => verb === call.method && pattern.test(path))?.[2]
}

/** What a call asks, in words; an address that nobody named speaks for itself. */
export function routeInWords(call: Asked): string {
  const sentence = routeOfCall(call)
  if (sentence) return t(sentence)
  return alipayMethod(call) || `${call.method} ${call.url.split('?')[0]}`
}

const EVENTS: Record<string, Sentence> = {
  'TRANSACTION.SUCCESS': 'event.paid',
  'MEDICAL_INSURANCE.SUCCESS': 'event.medical-paid',
  'alipay.trade_status_sync': 'event.alipay-paid',
  'REFUND.SUCCESS': 'event.refunded',
  'REFUND.ABNORMAL': 'event.refund-abnormal',
  'REFUND.CLOSED': 'event.refund-closed',
}

/** What a notification tells. */
export function eventInWords(eventType: string): string {
  const sentence = EVENTS[eventType]
  return sentence ? t(sentence) : eventType
}

/** Who speaks to whom in a call. A cashier of Alipay's is opened by the customer's browser. */
export function speakersOfCall(call: Asked): string {
  const atAlipay = alipayMethod(call)
  if (atAlipay === null) return t('inbox.to-wechat')
  return t(ALIPAY_METHODS[atAlipay] === 'route.alipay-page' ? 'inbox.browser-to-alipay' : 'inbox.to-alipay')
}

/** Who tells whom in a notification. */
export function speakersOfNotification({ eventType }: Pick<NotificationView, 'eventType'>): string {
  return t(eventType.startsWith('alipay.') ? 'inbox.from-alipay' : 'inbox.from-wechat')
}
