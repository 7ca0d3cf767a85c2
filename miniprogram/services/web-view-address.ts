import type { WebViewTicket } from '../../contract/session'
import { entryCode, host } from '../config'
import { call } from './api'

/** Address that signs the web-view in and then shows the path. Ticket and path stay in the fragment: no server logs it. */
export async function webViewAddress(path: string): Promise<string> {
  const { ticket } = await call<WebViewTicket>({ method: 'POST', path: '/web-view-tickets' })
  return `${host()}/enter#e=${entryCode}&t=${encodeURIComponent(ticket)}&to=${encodeURIComponent(path)}`
}
