import type { Outcome } from '../world/cashier.ts'
import type { AlipayTrade } from '../world/alipay-trades.ts'
import type { Person } from '../world/people.ts'
import { letters } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { requireSameOrder } from './order.ts'
import type { Order } from './order.ts'
import { AlipayRefused, businessFailed } from './refusal.ts'

/** Why the cashier does not open, or does not take the money: what the buyer reads, and Alipay's code. */
export interface CashierRefusal {
  message: string
  subCode: string
}

/** What the buyer and the merchant's page learn. 'none': neither hears anything. */
export interface Acted {
  result: 'ok' | 'cancel' | 'fail' | 'none'
  message?: string
}

/** Alipay's cashier: orders that somebody has an address of, and the trades that buyers make of them. */
export interface Cashier {
  /** Keeps a checked order and returns the id of its cashier. */
  present(order: Order): string
  find(id: string): Order | undefined
  /** A buyer opens the cashier: this makes the trade, or takes up the one that is there. */
  enter(order: Order, buyer: Person): AlipayTrade | CashierRefusal
  /** The buyer acts. */
  act(trade: AlipayTrade, buyer: Person, outcome: Outcome): Acted | CashierRefusal
  clear(): void
}

const ORDERS_KEPT = 5_000

export function createCashier(world: World): Cashier {
  const orders = new Map<string, Order>()
  return {
    present(order) {
      const id = letters(32)
      orders.set(id, order)
      if (orders.size > ORDERS_KEPT) orders.delete(orders.keys().next().value!)
      return id
    },
    find: (id) => orders.get(id),
    enter: (order, buyer) => withRefusals(() => enter(world, order, buyer)),
    act: (trade, buyer, outcome) => withRefusals(() => act(world, trade, buyer, outcome)),
    clear: () => orders.clear(),
  }
}

function withRefusals<Result>(work: () => Result): Result | CashierRefusal {
  try {
    return work()
  } catch (error) {
    if (error instanceof AlipayRefused) return { message: error.message, subCode: error.subCode }
    throw error
  }
}

/**
 * Until a buyer is there, nothing is: a query answers ACQ.TRADE_NOT_EXIST, and the address stays good until time_expire,
 * whatever the merchant closes. https://developer.aliyun.com/article/1282607
 */
function enter(world: World, { wish }: Order, buyer: Person): AlipayTrade {
  const known = world.alipayTrades.find(wish.appId, wish.outTradeNo)
  if (known) {
    requirePayable(world, known, buyer)
    requireSameOrder(known, wish)
    return known
  }
  // https://yq.aliyun.com/articles/710964: an address that is opened too late, and a cashier that was opened in time.
  if (world.clock.nowMs() >= wish.expiresAtMs)
    throw businessFailed('NOW_TIME_AFTER_EXPIRE_TIME_ERROR', '订单参数异常，请重新下单后再发起付款')
  return world.alipayTrades.open(wish, buyer.id)
}

function requirePayable({ clock }: World, trade: AlipayTrade, buyer: Person): void {
  if (trade.paidAtMs !== null) throw businessFailed('TRADE_HAS_SUCCESS', '交易已被支付')
  if (trade.closedAtMs !== null) throw businessFailed('TRADE_HAS_CLOSE', '交易已经关闭')
  if (clock.nowMs() >= trade.expiresAtMs) throw businessFailed('TRADE_HAS_CLOSE', '订单已超时，不能付款')
  if (trade.buyer !== buyer.id) throw businessFailed('TRADE_BUYER_NOT_MATCH', '交易买家不匹配')
}

function act(world: World, trade: AlipayTrade, buyer: Person, outcome: Outcome): Acted {
  if (outcome === 'cancelled') return { result: 'cancel' }
  if (outcome === 'killed') return { result: 'none' }
  if (outcome === 'wrong-password') return { result: 'fail', message: '支付密码不正确，请重新输入' }
  if (outcome === 'risk') return { result: 'fail', message: '当前交易存在风险，暂时无法完成支付' }
  // Time went on while the buyer looked at the cashier.
  requirePayable(world, trade, buyer)
  if (outcome === 'not-enough' || buyer.balanceFen < trade.amountFen)
    return { result: 'fail', message: '余额不足，请更换付款方式' }
  world.alipayTrades.markPaid(trade, buyer)
  return { result: outcome === 'lost' ? 'none' : 'ok' }
}
