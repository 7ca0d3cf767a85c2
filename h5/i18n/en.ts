import type { OrderClosure, ProblemCode } from '../../contract/problem.ts'
import type { PageSentence } from './zh-cn-pages.ts'
import type { Sentence } from './zh-cn.ts'

/** Everything the pages say, in English. */
export const en: Record<Sentence | PageSentence, string> = {
  'shop.name': 'Qiaofu Teahouse',
  'shop.motto': 'Fine tea and teaware',
  'tabs.label': 'Main menu',
  'tabs.shop': 'Shop',
  'tabs.orders': 'My orders',
  'tabs.me': 'Me',
  'word.actions': 'Actions',
  'word.retry': 'Try again',
  'word.sign-in': 'Sign in',
  'word.ok': 'OK',
  'word.cancel': 'Cancel',
  'word.more': 'Show more',
  'word.loading': 'Loading',
  'word.to-shop': 'Go to the shop',

  'title.product': 'Product',
  'title.confirm': 'Confirm order',
  'title.order': 'Order',
  'title.result': 'Payment result',
  'title.payments': 'Payments',
  'title.lost': 'Page not found',

  'product.buy': 'Buy now',
  'product.sold-out': 'Sold out',
  'product.quantity': 'Quantity',
  'product.limit': 'Limit: {count} per customer',
  'product.less': 'One {name} less',
  'product.more': 'One more {name}',
  'product.remove': 'Remove',
  'product.gone': 'This product was not found',
  'product.gone-advice': 'It may have been taken off the shelf.',
  'catalogue.empty': 'The shelf is being arranged',
  'catalogue.empty-advice': 'Please come back a little later.',

  'confirm.lines': 'Goods',
  'confirm.total': 'Total',
  'confirm.submit': 'Place order',
  'confirm.empty': 'Nothing chosen yet',
  'confirm.empty-advice': 'Pick something you like first.',
  'confirm.outside': 'Feel free to look around. To order, please open this page in WeChat.',
  'confirm.price-title': 'The price has changed',
  'confirm.price-text': 'The total is now {total}. Continue to payment?',
  'confirm.price-go': 'Continue',
  'confirm.price-later': 'Not now',

  'orders.filter': 'By state',
  'orders.all': 'All',
  'orders.pending': 'Unpaid',
  'orders.paid': 'Paid',
  'orders.closed': 'Closed',
  'orders.empty': 'No orders yet',
  'orders.empty-advice': 'Your orders will appear here.',
  'orders.pieces': 'Items: {count}',

  'order.number': 'Order no.',
  'order.pay': 'Pay',
  'order.pay-before': 'Please pay before {time}',
  'order.created': 'Placed at',
  'order.paid-at': 'Paid at',
  'order.closed-at': 'Closed at',
  'order.closed-advice': 'The time to pay is over, so the order was closed.',
  'order.total': 'Total',
  'order.payments': 'Payments',
  'order.no-payments': 'No payment has been started.',

  'result.waiting-advice': 'Please pay on the page that has opened.',
  'result.checking-advice': 'We are confirming your payment. Please do not pay twice.',
  'result.long-advice':
    'This is taking a while. Money that was paid is safe: refresh later, or look at the order.',
  'result.paid-advice': 'Thank you. We are preparing your goods.',
  'result.unpaid-advice': 'No payment has arrived yet. The order is kept for you until {time}.',
  'result.closed-advice':
    'The time to pay is over. If you have just paid, it will be taken care of by itself.',
  'result.cancelled-advice':
    'You cancelled this order. If you have just paid, it will be taken care of by itself.',
  'result.again': 'Pay again',
  'result.view': 'View order',
  'result.refresh': 'Refresh',
  'result.trouble': 'The network is weak, asking again.',

  'pay.stack-full':
    'The payment page did not open, perhaps because too many pages are open. Go back a few pages, then pay from My orders.',
  'pay.no-bridge': 'WeChat did not answer. Close this page, open it again, and pay from My orders.',
  'pay.wrong-place': 'This order is paid in WeChat: go back there and open My orders.',

  'lost.advice': 'The link may be out of date. Have a look at the shop.',

  'failure.problem': 'That did not work',
  'failure.problem-advice': 'Please try again a little later.',
  'failure.not-found': 'Not found',
  'failure.not-found-advice': 'It may not exist, or belong to another account.',
  'failure.offline': 'No connection',
  'failure.offline-advice': 'Please check the network and try again.',
  'failure.timeout': 'That took too long',
  'failure.timeout-advice': 'The network is slow. Try again; you will not order twice.',
  'failure.unreadable': 'Not available right now',
  'failure.unreadable-advice': 'Please try again a little later.',
  'failure.outside-wechat': 'Please open in WeChat',
  'failure.outside-wechat-advice':
    'Orders need a WeChat sign-in. Send this link to yourself in WeChat and open it there.',
  'failure.sign-in-stuck': 'Could not sign in',
  'failure.sign-in-stuck-advice':
    'Please close this page and enter again from the mini-program or the official account.',
  'failure.signed-out': 'Signed out',
  'failure.signed-out-advice': 'Tap “Sign in” to go on.',
  'failure.no-cookies': 'This browser forgets you',
  'failure.no-cookies-advice': 'Please allow cookies for this site, then reload the page.',
  'failure.page': 'The page did not load completely',
}

/** Why an order takes no payment any more. */
export const closures: Record<OrderClosure, string> = {
  cancelled: 'This order is cancelled. If you still want it, please order again.',
  cancelling: 'This order is being cancelled. If you still want it, please order again.',
  expired: 'This order was not paid in time. Please order again.',
  'last-minute': 'This order closes within a minute, too late to pay. Please order again.',
}

/** The server's refusals, whose own sentences are Chinese. */
export const problems: Record<ProblemCode, string> = {
  'ticket-spent': 'This sign-in is used up, please enter again.',
  'code-spent': 'This code is used up, please show a new one on the other side.',
  'order-paid': 'This order is already paid.',
  'order-closed': 'This order is closed, or closes within a minute. Please place a new one.',
  'payment-closed': 'This payment is closed, please pay again.',
  'wrong-payer': 'This payment belongs to somebody else. Use the WeChat that placed the order.',
  'virtual-account': 'You are in browse-only mode. Tap "Use full service" to order.',
  'address-unknown':
    'We cannot tell which network you are on. Please pay with Alipay, or open this page in WeChat.',
  'address-changed': 'Your network has just changed. Please pay again.',
  'out-of-stock': 'There is not enough left. Choose fewer, or something else.',
  'too-many-unpaid': 'You have too many unpaid orders. Pay one of them, or wait until one closes.',
  'purchase-limit': 'One customer may buy only so many of this. Please choose fewer.',
  'product-gone': 'Something you chose is no longer on sale. Please go back and choose again.',
  'bind-code-wrong': 'This code is wrong or out of date. Please show a new one on the other side.',
  'bind-code-own': 'This code is from this same account. Please enter it on the other side.',
  'two-people': 'These are two different WeChat accounts and cannot be joined.',
  'joined-browser': 'This browser is joined to a WeChat account. Please use that WeChat.',
  'join-over': 'This request is over. Please show a new code and try again.',
  'outside-mini-program': 'Please enter from the WeChat mini-program.',
  'wechat-silent': 'WeChat does not answer. Please try again in a moment.',
  'refund-asked': 'You have asked already. The shop will answer on this page.',
  'refund-unknown': 'A refund of this order is being checked. Please look again later.',
  'over-limit': 'Above your limit. Please ask another operator.',
  'own-approval': 'Another operator has to approve this.',
}
