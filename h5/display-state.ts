import type { Order, OrderDisplayState } from '../contract/order.ts'
import type { Payment, PaymentDisplayState } from '../contract/payment.ts'
import { wordsOf } from './i18n/t.ts'

/**
 * What a display state looks like:
 * - good: done, green
 * - open: the customer may act, amber
 * - busy: under way without the customer, blue
 * - over: nothing more happens, grey
 */
export type Tone = 'good' | 'open' | 'busy' | 'over'

/** The picture of the large sign above a result. */
export type SignPicture = 'clock' | 'tick' | 'mark' | 'bar' | 'back'

type DisplayState = OrderDisplayState | PaymentDisplayState

const signs: Record<DisplayState, readonly [Tone, SignPicture]> = {
  unpaid: ['open', 'mark'],
  paying: ['busy', 'clock'],
  paid: ['good', 'tick'],
  'part-refunding': ['busy', 'back'],
  'part-refunded': ['over', 'back'],
  refunding: ['busy', 'back'],
  refunded: ['over', 'back'],
  cancelling: ['busy', 'clock'],
  cancelled: ['over', 'bar'],
  closing: ['over', 'bar'],
  closed: ['over', 'bar'],
  'closed-refunding': ['busy', 'bar'],
  failed: ['over', 'bar'],
}

const badgesZh: Record<DisplayState, string> = {
  unpaid: '待支付',
  paying: '支付中',
  paid: '已支付',
  'part-refunding': '部分退款中',
  'part-refunded': '部分退款',
  refunding: '退款中',
  refunded: '已退款',
  cancelling: '正在取消',
  cancelled: '已取消',
  closing: '关闭中',
  closed: '已关闭',
  'closed-refunding': '已关闭，退款中',
  failed: '未成功',
}

const badgesEn: Record<DisplayState, string> = {
  unpaid: 'Unpaid',
  paying: 'Paying',
  paid: 'Paid',
  'part-refunding': 'Partly being refunded',
  'part-refunded': 'Partly refunded',
  refunding: 'Being refunded',
  refunded: 'Refunded',
  cancelling: 'Being cancelled',
  cancelled: 'Cancelled',
  closing: 'Closing',
  closed: 'Closed',
  'closed-refunding': 'Closed, being refunded',
  failed: 'Not accepted',
}

/** Scripts outside read these titles: 支付结果确认中, 支付成功, 未支付 and 订单已关闭 stay as they are. */
const titlesZh: Record<OrderDisplayState, string> = {
  unpaid: '未支付',
  paying: '支付结果确认中',
  paid: '支付成功',
  'part-refunding': '已支付，部分退款中',
  'part-refunded': '已支付，部分退款',
  refunding: '退款中',
  refunded: '已退款',
  cancelling: '正在取消订单',
  cancelled: '订单已取消',
  closed: '订单已关闭',
  'closed-refunding': '订单已关闭',
}

const titlesEn: Record<OrderDisplayState, string> = {
  unpaid: 'Not paid',
  paying: 'Confirming payment',
  paid: 'Paid',
  'part-refunding': 'Paid, partly being refunded',
  'part-refunded': 'Paid, partly refunded',
  refunding: 'Being refunded',
  refunded: 'Refunded',
  cancelling: 'Cancelling the order',
  cancelled: 'Order cancelled',
  closed: 'Order closed',
  'closed-refunding': 'Order closed',
}

/** The word beside an order or a payment. */
export const badgeText = wordsOf(badgesZh, badgesEn)

/** The title of an order's result. */
export const titleText = wordsOf(titlesZh, titlesEn)

export const toneOf = (state: DisplayState): Tone => signs[state][0]
export const signOf = (state: DisplayState): SignPicture => signs[state][1]

/** A server of another version may send a state that is unknown here, or none: the order's own state decides then. */
export function orderDisplay({
  displayState,
  state,
}: Pick<Order, 'displayState' | 'state'>): OrderDisplayState {
  if (displayState in titlesZh) return displayState
  return state === 'pending' ? 'unpaid' : state
}

/** The same for a payment. */
export function paymentDisplay({ displayState, state }: Payment): PaymentDisplayState {
  if (displayState in signs) return displayState
  return state === 'created' || state === 'pending' ? 'unpaid' : state
}
