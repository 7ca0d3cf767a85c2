import type { EntryKind } from './entry.ts'

export type PaymentState = 'created' | 'pending' | 'paid' | 'closing' | 'closed' | 'failed'

/**
 * How money that was received is shown. Refunds that came to nothing do not count.
 * - paid: nothing went back
 * - part-refunding, refunding: a part, or all that is left, is on its way back
 * - part-refunded, refunded: a part, or all of it, has gone back, and nothing more is on its way
 */
export type PaidDisplayState = 'paid' | 'part-refunding' | 'part-refunded' | 'refunding' | 'refunded'

/**
 * How a payment is shown. Clients choose words and colours by it and derive nothing from other fields.
 * - unpaid: no cashier was opened for it, or the customer is proven not to have paid in it
 * - paying: a cashier was opened, and the outcome is not known yet
 * - closing: replaced by another attempt, or its order is over; the channel has not confirmed the close yet
 * A payment that does not pay its order (paid twice, too late, at an old price) goes back by itself: it is refunding until
 * all of it is back, then refunded.
 */
export type PaymentDisplayState = PaidDisplayState | 'unpaid' | 'paying' | 'closing' | 'closed' | 'failed'

/**
 * How a client collects a payment:
 * - mini-program: wx.requestPayment on a native page
 * - jsapi: WeixinJSBridge in WeChat's own browser
 * - h5: a page of WeChat's that a phone's browser goes to and that opens the app
 * - native-qr: a QR code that anybody scans with WeChat
 * - alipay-wap, alipay-page: Alipay's cashier, for phones and for PCs
 */
export type PaymentWay = 'mini-program' | 'jsapi' | 'h5' | 'native-qr' | 'alipay-wap' | 'alipay-page'

/** One attempt to collect for an order through one entry. */
export interface Payment {
  /** The out_trade_no, 32 characters. Whoever knows it can do nothing with it. */
  id: string
  orderId: string
  state: PaymentState
  displayState: PaymentDisplayState
  /** The entry that collects. It may be another than the one the customer came in by: see PaymentRequest. */
  entryCode: string
  entryKind: EntryKind
  /** Fen. */
  amountFen: number
  /** ISO 8601. */
  createdAt: string
  /** ISO 8601: the last moment to pay. */
  expiresAt: string
  /** ISO 8601, or null while unpaid. */
  paidAt: string | null
}

/**
 * POST /api/{entry}/orders/{orderId}/payments. Empty: the entry of the address collects, in its own first way.
 * An entry that knows its customers' openid collects from them only; the others collect for every door, e.g. the
 * PC browser's for an official-account page that is open in WeChat on a PC.
 */
export interface PaymentRequest {
  /** Code of the entry that collects, e.g. "04". */
  collectBy?: string
  /** One of that entry's ways, when it has several. */
  way?: PaymentWay
}

/**
 * POST /api/{entry}/orders/{orderId}/payments: starts, or takes up again, the payment of this order through this entry.
 * GET /api/{entry}/payments/{paymentId}: the same shape, for the payer only. 409 `order-paid` or `order-closed` when the
 * order takes no payment any more and this is not the payment that was paid.
 */
export interface PaymentView extends Payment {
  /** What is bought, e.g. "明前龙井 等 2 件". */
  description: string
  /** How the client collects it. */
  way: PaymentWay
  /** ISO 8601: the server's time of this answer. Count down to `expiresAt` from here: a phone's clock may be wrong. */
  serverTime: string
}

/** POST /api/{entry}/payments/{paymentId}/launch: what opens the cashier, for the payer only. Never kept: ask at the tap. */
export type PaymentLaunch = MiniProgramLaunch | JsapiLaunch | H5Launch | NativeQrLaunch | AlipayLaunch

/** Signed parameters of WeChat's cashier. */
export interface WechatLaunch {
  /** Seconds since 1970, as a string. */
  timeStamp: string
  nonceStr: string
  /** "prepay_id=…" */
  package: string
  signType: 'RSA'
  paySign: string
}

/** For wx.requestPayment, which knows the appid itself. */
export interface MiniProgramLaunch extends WechatLaunch {
  way: 'mini-program'
}

/** For getBrandWCPayRequest. */
export interface JsapiLaunch extends WechatLaunch {
  way: 'jsapi'
  appId: string
}

/** Go to `url` within 5 minutes, from a page of ours: WeChat reads the Referer. It comes back to /orders/{id}/return. */
export interface H5Launch {
  way: 'h5'
  url: string
}

/** Show `codeUrl` as a QR code until `expiresAt`; then launch again. */
export interface NativeQrLaunch {
  way: 'native-qr'
  /** "weixin://wxpay/bizpayurl…" */
  codeUrl: string
  /** ISO 8601. */
  expiresAt: string
}

/** Go to `url`. It comes back to /orders/{id}/return. */
export interface AlipayLaunch {
  way: 'alipay-wap' | 'alipay-page'
  url: string
}

/** What the cashier told the client. A hint: it makes the server ask WeChat, it proves nothing. */
export type PaymentHint = 'ok' | 'cancel' | 'fail'

/** POST /api/{entry}/payments/{paymentId}/check: "ask WeChat now", at most one query every 2 s. Answers 200 with Payment. */
export interface PaymentCheckRequest {
  hint?: PaymentHint
}
