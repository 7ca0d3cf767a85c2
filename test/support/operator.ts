import type { OperatorOrder, OperatorRefund, OperatorRefundRequest } from '../../contract/operator.ts'
import type { BookLine } from '../../contract/books.ts'
import { callApi, expectOk, newKey, type ApiAnswer, type Customer } from './customer.ts'
import type { Shop } from './shop.ts'
import { until } from './until.ts'

/** Somebody of the shop, speaking the operator's routes. */
export interface Operator {
  get<T>(path: string): Promise<ApiAnswer<T>>
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer<T>>
  order(orderId: string): Promise<OperatorOrder>
  /** Asks for a refund under a key of its own; 201. */
  refund(orderId: string, request?: OperatorRefundRequest): Promise<OperatorRefund>
  /** The refunds of an order, once each is in the state that is told, oldest first. */
  refundsWhen(orderId: string, states: OperatorRefund['state'][]): Promise<OperatorRefund[]>
  books(): Promise<BookLine[]>
}

/** An operator by token: Lin, unless it is another one of the shop's configuration. */
export function operatorOf(shop: Shop, token = shop.operatorToken): Operator {
  const credentials = { authorization: `Bearer ${token}` }
  const get = <T>(path: string) => callApi<T>(shop, 'GET', `/api/operator${path}`, { headers: credentials })
  const post: Operator['post'] = (path, body = {}, headers = {}) =>
    callApi(shop, 'POST', `/api/operator${path}`, { body, headers: { ...credentials, ...headers } })
  const order = (orderId: string) => expectOk(get<OperatorOrder>(`/orders/${orderId}`))
  return {
    get,
    post,
    order,
    refund: (orderId, request = {}) =>
      expectOk(post<OperatorRefund>(`/orders/${orderId}/refunds`, request, newKey())),
    refundsWhen: (orderId, states) =>
      until(async () => {
        const { refunds } = await order(orderId)
        return refunds.map(({ state }) => state).join() === states.join() && refunds
      }),
    books: async () => {
      const text = await expectOk(callApi<string>(shop, 'GET', '/api/books', { headers: credentials }))
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
    },
  }
}

/** An order that this customer has paid. */
export async function paidOrder(
  customer: Customer,
  productId?: string,
  quantity?: number,
): Promise<{ orderId: string; paymentId: string; totalFen: number }> {
  const { id: orderId, totalFen } = await customer.order(productId, quantity)
  const { id: paymentId } = await customer.pay(orderId)
  await customer.cashier(await customer.launch(paymentId), 'paid')
  await until(async () => (await customer.result(orderId)).result === 'paid')
  return { orderId, paymentId, totalFen }
}
