import type { Sentence } from '../words/zh-cn.ts'
import type { Message } from './message.ts'
import { routeOfCall } from './route-words.ts'

/** What a conversation can be narrowed to, in the order of the choice. */
export const KINDS = [
  'notification',
  'prepay',
  'query',
  'close',
  'refund',
  'bill',
  'sign-in',
  'other',
] as const
export type Kind = (typeof KINDS)[number]

/** Calls by the sentence that names their address; every other call is of the kind `other`. */
const OF_ROUTE: Partial<Record<Sentence, Kind>> = {
  'route.jsapi': 'prepay',
  'route.native': 'prepay',
  'route.h5': 'prepay',
  'route.app': 'prepay',
  'route.combine': 'prepay',
  'route.medical': 'prepay',
  'route.alipay-page': 'prepay',
  'route.alipay-precreate': 'prepay',
  'route.query': 'query',
  'route.medical-query': 'query',
  'route.alipay-query': 'query',
  'route.close': 'close',
  'route.alipay-close': 'close',
  'route.refund': 'refund',
  'route.refund-abnormal': 'refund',
  'route.refund-query': 'refund',
  'route.alipay-refund': 'refund',
  'route.alipay-refund-query': 'refund',
  'route.trade-bill': 'bill',
  'route.fund-bill': 'bill',
  'route.bill-download': 'bill',
  'route.mini-program-login': 'sign-in',
  'route.oauth-token': 'sign-in',
  'route.user': 'sign-in',
  'route.token': 'sign-in',
  'route.ticket': 'sign-in',
  'route.phone-number': 'sign-in',
}

/** The kind of a message. */
export function kindOf(message: Message): Kind {
  if (message.kind === 'notification') return 'notification'
  const route = routeOfCall(message.call)
  return (route && OF_ROUTE[route]) ?? 'other'
}
