import type { Words } from './zh'

/** Everything the customer reads, in English. */
export const en: Words = {
  home: {
    shopName: 'Qiaofu Teahouse',
    motto: 'Fine tea and teaware',
    recommended: 'Recommended',
    order: 'Order now',
    myOrders: 'My orders',
    loading: 'Loading goods',
    nothing: 'Nothing on sale right now',
  },
  webView: {
    loading: 'Opening',
    shareTitle: 'Qiaofu Teahouse',
  },
  address: {
    pageTitle: 'Address',
    choosing: 'Please choose in WeChat’s list',
    refused: { title: 'WeChat’s addresses did not open', message: 'Please go back and fill in the form' },
    back: 'Back',
  },
  contact: {
    pageTitle: 'Contact the shop',
    advice: 'Tap the button to chat with the shop',
    open: 'Contact support',
  },
  pay: {
    pageTitle: 'Pay order',
    amount: 'Amount',
    timeLeft: 'Time left',
    orderNumber: 'Order no.',
    paymentNumber: 'Payment no.',
    copy: 'Copy',
    copyFailed: 'Not copied: press the number',
    states: {
      idle: { title: 'To be paid', message: 'Check the amount, then tap “Pay now”' },
      preparing: { title: 'Preparing payment', message: 'One moment' },
      waiting: { title: 'Waiting for payment', message: 'Please finish the payment in WeChat Pay' },
      checking: { title: 'Checking the result', message: 'One moment, then back to your order' },
      paid: { title: 'Already paid', message: 'This order is paid, nothing more to do' },
    },
    refunds: {
      'part-refunding': {
        title: 'Paid, partly being refunded',
        message: 'A part is on its way back to you. Please see the order',
      },
      'part-refunded': {
        title: 'Paid, partly refunded',
        message: 'A part has gone back to you. Please see the order',
      },
      refunding: {
        title: 'Being refunded',
        message: 'This payment is on its way back to you, nothing more to do',
      },
      refunded: { title: 'Refunded', message: 'This payment has gone back to you' },
    },
    noAnswer: 'WeChat has not answered yet. See the result first, so that you do not pay twice',
    stillHere: 'We could not go back by ourselves. Please tap “See result”',
    tapToPay: 'Tap “Pay now” to open WeChat Pay',
    confirm: 'Pay now',
    seeResult: 'See result',
    seeOrder: 'See order',
    orderAgain: 'Order again',
  },
  requestNumber: 'If you need help, tell the shop this number:',
  failures: {
    'no-payment': {
      title: 'Payment not found',
      message: 'The link may be incomplete or belong to another account. Please open it from “My orders”',
    },
    closed: {
      title: 'This payment is closed',
      message: 'It expired or was replaced by another one. Please see the order',
    },
    'order-closed': {
      title: 'Too late to pay',
      message: 'The order is closed, or closes within a minute. Please order again',
    },
    'order-cancelled': {
      title: 'Order cancelled',
      message: 'It cannot be paid any more. If you still want it, please order again',
    },
    'order-cancelling': {
      title: 'Order being cancelled',
      message: 'It cannot be paid any more. If you still want it, please order again',
    },
    'order-expired': {
      title: 'Order closed',
      message: 'It was not paid in time. Please order again',
    },
    'other-door': {
      title: 'Started somewhere else',
      message: 'Please open the order from “My orders” and pay there',
    },
    blocked: {
      title: 'WeChat Pay is not available',
      message: 'WeChat has limited this shop’s payments. Your order is kept: contact the shop or try later',
    },
    offline: { title: 'You seem to be offline', message: 'Check the network, then try again' },
    login: { title: 'WeChat login did not succeed', message: 'Wait a moment, then try again' },
    unavailable: { title: 'We are busy right now', message: 'Wait a moment, then try again' },
    'not-configured': {
      title: 'The shop is not ready yet',
      message: 'Its server address is not set. Please contact the shop',
    },
    page: { title: 'The page did not open', message: 'Check the network, then try again' },
  },
  upgrade: {
    title: 'Please update WeChat',
    message: 'This version is too old for some pages. Update it, then open the mini-program again.',
    confirm: 'OK',
  },
  retry: 'Try again',
  goHome: 'Home',
}
