import type { H5Launch, NativeQrLaunch } from '../../contract/payment.ts'
import { apiClient, callApi, cookieOf, expectOk, type ApiClient } from './customer.ts'
import type { Shop } from './shop.ts'

/** Somebody whom nobody knows, in a browser of their own at the phone's (03) or the PC's (04) door. */
export interface Visitor extends ApiClient {
  /** What opens the cashier. */
  launch(paymentId: string): Promise<H5Launch | NativeQrLaunch>
}

/** Comes in with an empty cookie jar. `ip` counts only in a shop that trusts one proxy. */
export async function visit(shop: Shop, entry: '03' | '04', ip = '203.0.113.9'): Promise<Visitor> {
  const from = { 'x-forwarded-for': ip }
  const { headers } = await callApi(shop, 'POST', `/api/${entry}/browser-sessions`, {
    body: {},
    headers: from,
  })
  return visitorWith(shop, entry, { ...from, cookie: cookieOf(headers, `qf_${entry}`) })
}

/** The same browser after its network has changed. */
export const moveTo = (shop: Shop, visitor: Visitor, ip: string): Visitor =>
  visitorWith(shop, visitor.entry, { ...visitor.credentials, 'x-forwarded-for': ip })

function visitorWith(shop: Shop, entry: string, credentials: Record<string, string>): Visitor {
  const client = apiClient(shop, entry, credentials)
  return { ...client, launch: (paymentId) => expectOk(client.post(`/payments/${paymentId}/launch`)) }
}
