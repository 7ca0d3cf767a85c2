import type {
  AlipayLaunch,
  Payment,
  PaymentHint,
  PaymentRequest,
  PaymentView,
} from '../../contract/payment.ts'
import type { Order, OrderResult } from '../../contract/order.ts'
import { callApi, cookieOf, newKey } from './customer.ts'
import type { ApiAnswer } from './customer.ts'
import type { Reply } from './sandbox-client.ts'
import type { Shop } from './shop.ts'

/** Somebody in the Alipay client: an anonymous account here, a person there. */
export interface AlipayBuyer {
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer<T>>
  order(): Promise<Order>
  pay(orderId: string, request?: PaymentRequest): Promise<PaymentView>
  launch(paymentId: string): Promise<AlipayLaunch>
  /** Opens the address as a person with Alipay does, and ends it. */
  cashier(url: string, outcome?: string, user?: string): Promise<Reply>
  check(paymentId: string, hint?: PaymentHint): Promise<Payment>
  result(orderId: string): Promise<OrderResult>
}

/** Opens the shop in the Alipay client. */
export async function openInAlipay(shop: Shop): Promise<AlipayBuyer> {
  const opened = await callApi(shop, 'POST', '/api/06/browser-sessions', { body: {} })
  const credentials = { cookie: cookieOf(opened.headers, 'qf_06') }
  const post = <T>(path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    callApi<T>(shop, 'POST', `/api/06${path}`, { body, headers: { ...credentials, ...headers } })
  const expectOk = async <T>(answer: Promise<ApiAnswer<T>>): Promise<T> => {
    const { status, body } = await answer
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body
  }
  return {
    post,
    order: () =>
      expectOk(post<Order>('/orders', { lines: [{ productId: 'tea-longjing', quantity: 1 }] }, newKey())),
    pay: (orderId, request = {}) => expectOk(post<PaymentView>(`/orders/${orderId}/payments`, request)),
    launch: (paymentId) => expectOk(post<AlipayLaunch>(`/payments/${paymentId}/launch`)),
    cashier: (url, outcome = 'paid', user = 'alice') =>
      shop.sandbox.control('/pay', { alipayUrl: url, user, outcome }),
    check: (paymentId, hint) => expectOk(post<Payment>(`/payments/${paymentId}/check`, hint ? { hint } : {})),
    result: (orderId) =>
      expectOk(
        callApi<OrderResult>(shop, 'GET', `/api/06/orders/${orderId}/result`, { headers: credentials }),
      ),
  }
}
