import { randomBytes } from 'node:crypto'
import type { Order, OrderDetail, OrderResult } from '../../contract/order.ts'
import type {
  JsapiLaunch,
  MiniProgramLaunch,
  Payment,
  PaymentHint,
  PaymentRequest,
  PaymentView,
} from '../../contract/payment.ts'
import type { BindCode, Binding, Me, Session } from '../../contract/session.ts'
import type { Shop } from './shop.ts'

/** An answer of our API. */
export interface ApiAnswer<T = unknown> {
  status: number
  headers: Headers
  body: T
}

/** Signed parameters of WeChat's cashier: all that a door with an openid is answered. */
export type SignedLaunch = MiniProgramLaunch | JsapiLaunch

/** Somebody at one door, speaking our API as its clients do. */
export interface ApiClient {
  entry: string
  /** The header that says who this is: a bearer token or a cookie. */
  credentials: Record<string, string>
  get<T>(path: string): Promise<ApiAnswer<T>>
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer<T>>
  /** Places an order of one product; 201. */
  order(productId?: string, quantity?: number): Promise<Order>
  /** Starts, or takes up, the payment of an order. */
  pay(orderId: string, request?: PaymentRequest): Promise<PaymentView>
  check(paymentId: string, hint?: PaymentHint): Promise<Payment>
  result(orderId: string): Promise<OrderResult>
  detail(orderId: string): Promise<OrderDetail>
}

/** A customer whom WeChat knows. */
export interface Customer extends ApiClient {
  user: string
  appid: string
  openid: string
  launch(paymentId: string): Promise<SignedLaunch>
  /** Opens WeChat's cashier with these parameters as this person in this app, and ends it. A coupon pays part of it. */
  cashier(
    launch: SignedLaunch,
    outcome: 'paid' | 'cancelled' | 'lost' | 'not-enough',
    couponFen?: number,
  ): Promise<{ status: number; body: { result?: string; message?: string; errMsg?: string } }>
}

/** A server that customers can reach, and the WeChat it works with. */
export type Storefront = Pick<Shop, 'url' | 'sandbox' | 'appids'>

/** One request to our API, cookies and all left to the caller. */
export async function callApi<T>(
  shop: Storefront,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<ApiAnswer<T>> {
  const response = await fetch(shop.url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  })
  const text = await response.text()
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T }
}

/** The body of an answer that has to be a good one. */
export async function expectOk<T>(answer: Promise<ApiAnswer<T>>): Promise<T> {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/** The statuses of many answers, in order of size: in a crowd nobody knows who was first. */
export const statusesOf = (answers: ApiAnswer[]): number[] => answers.map(({ status }) => status).toSorted()

/** What every client of our API can do, with these credentials. */
export function apiClient(shop: Storefront, entry: string, credentials: Record<string, string>): ApiClient {
  const get = <T>(path: string) => callApi<T>(shop, 'GET', `/api/${entry}${path}`, { headers: credentials })
  const post = <T>(path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    callApi<T>(shop, 'POST', `/api/${entry}${path}`, { body, headers: { ...credentials, ...headers } })
  return {
    entry,
    credentials,
    get,
    post,
    order: (productId = 'tea-longjing', quantity = 1) =>
      expectOk(post<Order>('/orders', { lines: [{ productId, quantity }] }, newKey())),
    pay: (orderId, request = {}) => expectOk(post<PaymentView>(`/orders/${orderId}/payments`, request)),
    check: (paymentId, hint) => expectOk(post<Payment>(`/payments/${paymentId}/check`, hint ? { hint } : {})),
    result: (orderId) => expectOk(get<OrderResult>(`/orders/${orderId}/result`)),
    detail: (orderId) => expectOk(get<OrderDetail>(`/orders/${orderId}`)),
  }
}

/** Signs somebody in at the mini-program (bearer) or the official account (cookie), as WeChat would. */
export async function signIn(
  shop: Storefront,
  user: string,
  kind: keyof Shop['appids'] = 'mini-program',
): Promise<Customer> {
  const entry = kind === 'mini-program' ? '02' : '01'
  const credentials = kind === 'mini-program' ? await nativeSession(shop, user) : await webSession(shop, user)
  const appid = shop.appids[kind]
  const client = apiClient(shop, entry, credentials)
  return {
    ...client,
    user,
    appid,
    openid: shop.sandbox.openid(user, appid),
    launch: (paymentId) => expectOk(client.post<SignedLaunch>(`/payments/${paymentId}/launch`)),
    async cashier(launch, outcome, couponFen) {
      const page = kind === 'official-account' ? `${shop.url}/` : undefined
      const opened = await shop.sandbox.control('/cashier', {
        user,
        ...launch,
        appid,
        appId: undefined,
        page,
      })
      if (opened.status !== 200) return opened
      return shop.sandbox.control(`/cashier/${opened.body.cashierId}`, { outcome, couponFen })
    },
  }
}

/** Makes two accounts one, as people do: one shows a code, the other types it in, the first confirms. */
export async function joinAccounts(shows: ApiClient, types: ApiClient): Promise<Me> {
  const { code } = await expectOk(shows.post<BindCode>('/bind-codes'))
  const { join } = await expectOk(types.post<Binding>('/bindings', { code }))
  return expectOk(shows.post<Me>(`/joins/${join.id}/confirm`))
}

export const newKey = () => ({ 'idempotency-key': randomBytes(16).toString('hex') })

/** A code of wx.login for this person. */
export async function loginCode(
  shop: Storefront,
  user: string,
  kind: keyof Shop['appids'] = 'mini-program',
): Promise<string> {
  const { body } = await shop.sandbox.control('/codes', { user, appid: shop.appids[kind] })
  return body.code
}

async function nativeSession(shop: Storefront, user: string): Promise<Record<string, string>> {
  const { body } = await callApi<Session>(shop, 'POST', '/api/02/sessions', {
    body: { code: await loginCode(shop, user) },
  })
  return { authorization: `Bearer ${body.token}` }
}

/** Walks the whole of OAuth: our redirect, WeChat's page, our callback. */
async function webSession(shop: Storefront, user: string): Promise<Record<string, string>> {
  const started = await callApi(shop, 'GET', '/api/01/oauth/start?to=/orders')
  const page = new URL(started.headers.get('location')!)
  const asked = await shop.sandbox.get(page.pathname + page.search, { 'x-sandbox-user': user })
  const back = new URL(asked.headers.get('location')!)
  const ended = await callApi(shop, 'GET', back.pathname + back.search, {
    headers: { cookie: cookieOf(started.headers, 'qf_pre_01') },
  })
  return { cookie: cookieOf(ended.headers, 'qf_01') }
}

/** "name=value" of a cookie that an answer sets. */
export function cookieOf(headers: Headers, name: string): string {
  const set = headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`))
  if (!set) throw new Error(`no cookie ${name} in the answer`)
  return set.split(';')[0]!
}
