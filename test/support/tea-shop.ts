import type { Order, OrderResult } from '../../contract/order.ts'
import type { PaymentView } from '../../contract/payment.ts'
import type { Problem } from '../../contract/problem.ts'

/** The only order there is. */
export const orderId = 'A'.repeat(13)
const product = { id: 'tea', name: '明前龙井', summary: '清香', priceFen: 2800, picture: '/products/tea.svg' }

/** The server as the pages know it: enough of it to sell one tea. `answer` stands in for `fetch`. */
export class TeaShop {
  requests: { method: string; path: string; key: string | null; body: unknown }[] = []
  orders = new Map<string, Order>()
  result: OrderResult['result'] = 'checking'
  totalFen = 2800
  refusals = new Map<string, { status: number; code?: Problem['code'] }>()
  way: PaymentView['way'] = 'mini-program'
  /** Requests that are answered only when a test lets them. */
  held = new Map<string, Promise<void>>()

  answer = async (url: string, init?: RequestInit): Promise<Response> => {
    const method = init?.method ?? 'GET'
    const path = url.replace(/^\/api\/\d\d\//, '')
    const key = new Headers(init?.headers).get('idempotency-key')
    const body: unknown = init?.body ? JSON.parse(String(init.body)) : null
    this.requests.push({ method, path, key, body })
    const request = `${method} ${path.replace(/A{13}/, ':id')}`
    await this.held.get(request)
    const refusal = this.refusals.get(request)
    if (refusal) {
      const problem = { type: '/problems/x', title: 'x', detail: '请稍后再试。', requestId: 'r', ...refusal }
      return Response.json(problem, { status: refusal.status })
    }
    return Response.json(this.content(method, path, key))
  }

  count(method: string, path: RegExp): number {
    return this.requests.filter((request) => request.method === method && path.test(request.path)).length
  }

  private content(method: string, path: string, key: string | null): unknown {
    const line = { productId: 'tea', name: product.name, picture: product.picture, unitPriceFen: 2800, quantity: 1, amountFen: 2800 } // prettier-ignore
    if (path === 'products') return { products: [product] }
    if (path === 'me')
      return { displayName: '用户', entry: { code: '02', kind: 'mini-program' }, joined: false }
    if (path === 'quotes') return { lines: [line], totalFen: 2800 }
    if (path === 'orders' && method === 'POST') return this.place(key ?? '', line)
    if (path.startsWith('orders?') || path === 'orders')
      return { orders: [...this.orders.values()], nextCursor: null }
    const order = [...this.orders.values()][0]
    if (path.endsWith('/result'))
      return {
        order: { ...order, displayState: this.result === 'checking' ? 'paying' : this.result },
        result: this.result,
        paymentId: 'PAYMENT',
        refunds: [],
        askAgainMs: this.result === 'checking' ? 1000 : null,
      }
    if (path.endsWith('/launch')) return { way: this.way, package: 'prepay_id=1' }
    if (/\/(payments|check)$/.test(path)) return { id: 'PAYMENT', orderId: order?.id, way: this.way }
    return { ...order, priceChanges: [], payments: [], refunds: [], refundableFen: 0, refundRequest: null }
  }

  private place(key: string, line: Order['lines'][number]): Order {
    const at = '2026-11-21T04:00:00Z'
    const order = this.orders.get(key) ?? {
      id: orderId,
      state: 'pending',
      displayState: 'unpaid' as const,
      paying: false,
      payable: true,
      lines: [line],
      totalFen: this.totalFen,
      createdAt: at,
      expiresAt: at,
      serverTime: at,
      paidAt: null,
      refundedFen: 0,
      closedAt: null,
      closedBy: null,
      cancelling: false,
      cancelAskedAt: null, // prettier-ignore
    }
    this.orders.set(key, order)
    return order
  }
}
