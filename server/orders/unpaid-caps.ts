import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import type { Database, Writer } from '../store/database.ts'
import { countAttempts, firstExpiry, type Insertion } from '../store/orders.ts'
import { overPurchaseLimit } from '../store/stock.ts'
import type { OrderLineRow, OrderRow } from '../store/tables.ts'
import { quantityPath } from './line-path.ts'

/**
 * The refusal of an order that its account or network has too many unpaid ones for: a Conflict that says when the first of
 * them ends.
 */
export async function tooManyUnpaid(
  deps: { db: Database; clock: Clock },
  order: OrderRow,
  refused: Exclude<Insertion, 'placed' | 'repeated'>,
): Promise<KindError> {
  const isNetwork = refused === 'too-many-of-network'
  const endsAt = await firstExpiry(
    deps.db,
    isNetwork ? { site: order.placed_site! } : { accountId: order.account_id },
  )
  const untilEndMs = (endsAt?.getTime() ?? 0) + limits.expiryGraceMs - deps.clock.now().getTime()
  const sentence = isNetwork
    ? '您所在的网络有太多订单还没有支付，请稍后再试，或到微信公众号、小程序里下单。'
    : `您有 ${limits.unpaidOrdersCount} 个订单还没有支付，请先支付，或等它们关闭后再下单。`
  return new KindError('Conflict', sentence, {
    code: 'too-many-unpaid',
    retryAfterMs: Math.max(1_000, untilEndMs),
  })
}

/**
 * Refuses an order with which its account has more of a product than the catalogue lets one account buy. Call in the
 * transaction that places it, with the account locked and the lines written: orders at the same moment are counted one
 * after another. Throws Conflict `purchase-limit`.
 */
export async function keepPurchaseLimits(
  writer: Writer,
  accountId: string,
  lines: OrderLineRow[],
): Promise<void> {
  const over = await overPurchaseLimit(
    writer,
    accountId,
    lines.map((line) => line.product_id),
  )
  if (over.length === 0) return
  const said = over.map(({ name, most }) => `“${name}”每人限购 ${most} 件`)
  throw new KindError('Conflict', `${said.join('，')}（含已下单的），请调整数量。`, {
    code: 'purchase-limit',
    errors: over.map(({ productId, most }) => ({
      path: quantityPath(lines, productId),
      message: `每人限购 ${most} 件（含已下单的）`,
    })),
  })
}

/**
 * Refuses a new attempt to pay when the order, the unpaid orders of its account, or those of its network have had too
 * many: each attempt is asked about at the provider in the merchant's name. An order that was cancelled counts for as long
 * as it could have been unpaid. Throws Conflict.
 */
export async function refuseTooManyAttempts(writer: Writer, order: OrderRow, now: Date): Promise<void> {
  if (order.payment_count >= limits.attemptsOfOrderCount)
    throw new KindError('Conflict', '这个订单换了太多次支付方式，请重新下单。')
  const since = new Date(now.getTime() - limits.orderLifetimeMs - limits.expiryGraceMs)
  const { ofAccount, ofNetwork } = await countAttempts(writer, order, since)
  if (ofAccount >= limits.attemptsOfAccountCount || ofNetwork >= limits.attemptsOfNetworkCount)
    throw new KindError('Conflict', '未完成的支付太多，请先完成已发起的支付，或等未支付的订单关闭后再试。', {
      code: 'too-many-unpaid',
      retryAfterMs: limits.orderLifetimeMs,
    })
}
