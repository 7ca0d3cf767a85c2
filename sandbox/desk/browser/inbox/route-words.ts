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

/** What a call asks, in words; an address that nobody named speaks for itself. */
export function routeInWords(method: string, url: string): string {
  const [path = ''] = url.split('?')
  const found = ROUTES.find(([verb, pattern]) => verb === method && pattern.test(path))
  return found ? t(found[2]) : `${method} ${path}`
}

const EVENTS: Record<string, Sentence> = {
  'TRANSACTION.SUCCESS': 'event.paid',
  'REFUND.SUCCESS': 'event.refunded',
  'REFUND.ABNORMAL': 'event.refund-abnormal',
  'REFUND.CLOSED': 'event.refund-closed',
}

/** What a notification tells. */
export function eventInWords(eventType: string): string {
  const sentence = EVENTS[eventType]
  return sentence ? t(sentence) : eventType
}
