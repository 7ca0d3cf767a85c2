import { randomUUID } from 'node:crypto'
import type { OrderDetail } from '../contract/order.ts'
import type { MiniProgramLaunch, PaymentView } from '../contract/payment.ts'
import type { ProductList } from '../contract/product.ts'
import type { Session } from '../contract/session.ts'

/** A person in the mini-program, as the server and the sandbox see one. */
export type Customer = {
  placeOrder(): Promise<string>
  /** Registers a payment at the sandbox and has its parameters signed; resolves with the prepay id. */
  prepay(orderId: string): Promise<string>
  /** Pays in the sandbox, which then notifies the server. */
  pay(prepayId: string): Promise<void>
}

const ENTRY = '02'

async function call<Answer>(
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${new URL(url).pathname} answered ${answer.status}: ${text}`)
  return JSON.parse(text) as Answer
}

/** Makes a person in the sandbox and signs them in through the mini-program. */
export async function signIn(
  server: string,
  sandbox: string,
  appid: string,
  user: string,
): Promise<Customer> {
  await call(`${sandbox}/_sandbox/users`, { id: user, balanceFen: 1_000_000_000 })
  const { code } = await call<{ code: string }>(`${sandbox}/_sandbox/codes`, { user, appid })
  const api = `${server}/api/${ENTRY}`
  const { token } = await call<Session>(`${api}/sessions`, { code })
  const { products } = await call<ProductList>(`${api}/products`)
  const authorization = { authorization: `Bearer ${token}` }
  const lines = [{ productId: products[0]!.id, quantity: 1 }]
  return {
    async placeOrder() {
      const headers = { ...authorization, 'idempotency-key': randomUUID() }
      return (await call<OrderDetail>(`${api}/orders`, { lines }, headers)).id
    },
    async prepay(orderId) {
      const payment = await call<PaymentView>(`${api}/orders/${orderId}/payments`, {}, authorization)
      const launch = await call<MiniProgramLaunch>(`${api}/payments/${payment.id}/launch`, {}, authorization)
      return launch.package.replace('prepay_id=', '')
    },
    async pay(prepayId) {
      await call(`${sandbox}/_sandbox/pay`, { prepayId, user })
    },
  }
}
