import type { RequestHandler, Router } from 'express'
import type { NotifySender } from '../gateway/notify-sender.ts'
import type { Outcome } from '../world/cashier.ts'
import type { World } from '../world/world.ts'
import { createCashier } from './cashier.ts'
import type { Acted, CashierRefusal } from './cashier.ts'
import { cashierRoutes } from './cashier-routes.ts'
import { createAlipayGateway, openAddress } from './gateway.ts'
import { createAlipayNotifySender } from './notify-sender.ts'

/** Alipay on a laptop: the open platform's gateway, the cashier, and who sends the notifications. */
export interface Alipay {
  /** Takes /gateway.do and leaves all other addresses alone. Mount it before any body parser. */
  gateway: RequestHandler
  pages: Router
  sender: NotifySender
  /** A person opens an address, of a pay page or of a QR code, and acts, without any client in between. */
  pay(address: string, personId: string, outcome: Outcome): Acted | CashierRefusal
}

/** Call before the world opens. */
export function createAlipay(world: World): Alipay {
  const cashier = createCashier(world)
  const gateway = createAlipayGateway(world, cashier)
  // Orders that were shown are forgotten together with the trades.
  world.addRegister({ kind: 'alipay-order', entities: () => [], load: () => {}, clear: cashier.clear })
  return {
    gateway: (req, res, next) => (/^\/gateway\.do(\?|$)/.test(req.url) ? gateway(req, res) : next()),
    pages: cashierRoutes(world, cashier),
    sender: createAlipayNotifySender(world),
    pay(address, personId, outcome) {
      const person = world.people.find(personId)
      if (!person)
        return { message: '沙箱里没有这位用户', subCode: 'there is no such user: see GET /_sandbox/users' }
      const scanned = /\/alipay\/cashier\/([0-9A-Za-z]+)$/.exec(address)?.[1]
      const opened = scanned === undefined ? openAddress(world, cashier, address) : { cashierId: scanned }
      if ('subCode' in opened) return opened
      const order = cashier.find(opened.cashierId)
      if (!order) return { message: '页面已失效', subCode: 'nobody ever showed this cashier' }
      const trade = cashier.enter(order, person)
      return 'subCode' in trade ? trade : cashier.act(trade, person, outcome)
    },
  }
}

/** Two senders as one, for whoever counts what is pending or sends a notification again. */
export function bothSenders(one: NotifySender, other: NotifySender): NotifySender {
  return {
    resend: (id) => one.resend(id) || other.resend(id),
    pendingCount: () => one.pendingCount() + other.pendingCount(),
    stop() {
      one.stop()
      other.stop()
    },
  }
}
