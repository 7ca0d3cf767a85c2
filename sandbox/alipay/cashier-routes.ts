import express from 'express'
import type { Request, Response } from 'express'
import { USER_FIELD } from '../platform/oauth-page.ts'
import type { AlipayTrade } from '../world/alipay-trades.ts'
import type { Outcome } from '../world/cashier.ts'
import type { Person } from '../world/people.ts'
import type { World } from '../world/world.ts'
import { returnAddress } from './addresses.ts'
import type { Cashier } from './cashier.ts'
import { endPage, payPage, personPage, showPage } from './cashier-page.ts'
import type { Order } from './order.ts'
import { WAP_PRODUCT } from './order.ts'

/** What the buttons of the page say. */
const OUTCOMES = ['paid', 'cancelled', 'wrong-password', 'not-enough', 'lost'] as const

/** The cashier's pages: /alipay/cashier/{id}, where gateway.do and QR codes lead. */
export function cashierRoutes(world: World, cashier: Cashier): express.Router {
  const router = express.Router()
  router.use('/alipay/cashier', express.urlencoded({ extended: false, limit: '8kb' }))
  router.get('/alipay/cashier/:id', (req, res) => open(world, cashier, req, res))
  router.post('/alipay/cashier/:id', (req, res) => act(world, cashier, req, res))
  return router
}

function open(world: World, cashier: Cashier, req: Request, res: Response): void {
  const order = cashier.find(String(req.params.id))
  if (!order) return showGone(res)
  const buyer = personOf(world, req)
  if (!buyer) return showPage(res, '选择用户', personPage(world.people.all()))
  const trade = cashier.enter(order, buyer)
  if ('subCode' in trade) return showPage(res, '支付宝', endPage(trade.message, `错误码：${trade.subCode}`))
  showOrder(world, res, order, buyer, null)
}

function act(world: World, cashier: Cashier, req: Request, res: Response): void {
  const order = cashier.find(String(req.params.id))
  if (!order) return showGone(res)
  const { user, outcome } = (req.body ?? {}) as Record<string, unknown>
  if (typeof user === 'string' && world.people.find(user)) {
    res.cookie(USER_FIELD, user, { path: '/', httpOnly: true, sameSite: 'lax', encode: String })
    return res.redirect(303, req.originalUrl)
  }
  const buyer = personOf(world, req)
  const wanted = OUTCOMES.find((one) => one === outcome)
  if (!buyer || !wanted) return res.redirect(303, req.originalUrl)
  const trade = cashier.enter(order, buyer)
  if ('subCode' in trade) return showPage(res, '支付宝', endPage(trade.message, `错误码：${trade.subCode}`))
  conclude({ world, cashier, res, order, buyer, trade }, wanted)
}

interface Visit {
  world: World
  cashier: Cashier
  res: Response
  order: Order
  buyer: Person
  trade: AlipayTrade
}

function conclude({ world, cashier, res, order, buyer, trade }: Visit, outcome: Outcome): void {
  const acted = cashier.act(trade, buyer, outcome)
  if ('subCode' in acted) return showPage(res, '支付宝', endPage(acted.message, `错误码：${acted.subCode}`))
  if (acted.result === 'fail') return showOrder(world, res, order, buyer, acted.message!)
  if (acted.result === 'none')
    return showPage(res, '支付宝', endPage('网络不给力', '付款结果没有回到商家，请返回商家页面查看'))
  if (acted.result === 'cancel') {
    if (order.quitUrl !== null) return res.redirect(303, order.quitUrl)
    return showPage(res, '支付宝', endPage('已取消付款', '请后退，回到商家重新选择'))
  }
  if (order.returnUrl === null)
    return showPage(res, '支付宝', endPage('支付成功', '可以关闭这个页面，回到商家查看订单'))
  const method =
    order.wish.productCode === WAP_PRODUCT.value ? 'alipay.trade.wap.pay' : 'alipay.trade.page.pay'
  const app = world.alipayApps.get(trade.appId)!
  res.redirect(303, returnAddress(app, trade, order.returnUrl, method))
}

function showOrder(world: World, res: Response, order: Order, buyer: Person, notice: string | null): void {
  const seller = world.alipayApps.get(order.wish.appId)!.name
  showPage(res, '确认付款', payPage({ order, seller, buyer, notice }))
}

function showGone(res: Response): void {
  showPage(res, '支付宝', endPage('页面已失效', '请回到商家页面重新发起付款'))
}

/** Who is looking: the phone's proxy says so, or the person chose on our page. */
function personOf(world: World, req: Request): Person | undefined {
  const header = req.headers[USER_FIELD]
  if (typeof header === 'string') return world.people.find(header)
  const cookie = (req.headers.cookie ?? '').split(/;\s*/).find((pair) => pair.startsWith(`${USER_FIELD}=`))
  return world.people.find(cookie?.slice(USER_FIELD.length + 1) ?? '')
}
