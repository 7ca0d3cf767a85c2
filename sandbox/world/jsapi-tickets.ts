import type { BusinessClock } from './clock.ts'
import { letters } from './random.ts'

/** expires_in of getticket: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html#62 */
export const TICKET_LIFETIME_MS = 7_200_000

/** What a page's server signs wx.config with. */
export interface JsapiTicket {
  value: string
  expiresAtMs: number
}

/** The jsapi_ticket of every app: in memory only, whoever asks after a restart gets another. */
export interface JsapiTickets {
  /** The one in force; a new one when there is none. */
  take(appid: string): JsapiTicket
  /** The one in force. */
  find(appid: string): JsapiTicket | undefined
  clear(): void
}

export function createJsapiTickets(clock: BusinessClock): JsapiTickets {
  const tickets = new Map<string, JsapiTicket>()
  const find = (appid: string) => {
    const ticket = tickets.get(appid)
    return ticket && ticket.expiresAtMs > clock.nowMs() ? ticket : undefined
  }
  return {
    find,
    take(appid) {
      const inForce = find(appid)
      if (inForce) return inForce
      const ticket = { value: letters(86), expiresAtMs: clock.nowMs() + TICKET_LIFETIME_MS }
      tickets.set(appid, ticket)
      return ticket
    },
    clear: () => tickets.clear(),
  }
}
