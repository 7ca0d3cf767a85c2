import { limits } from '../config/limits.ts'
import { KindError } from '../shared/errors.ts'
import { keepAnomaly } from '../store/anomalies.ts'
import type { Writer } from '../store/database.ts'
import { linesOf } from '../store/orders.ts'
import {
  countUnpaidHolding,
  lockHeldPieces,
  lockStock,
  movePieces,
  unpaidPieces,
  unpaidPiecesPlacedFrom,
  type Pieces,
} from '../store/stock.ts'
import type { OrderLineRow, OrderRow } from '../store/tables.ts'
import { quantityPath } from './line-path.ts'

/** A line that there is not enough for. */
interface Shortage extends Pieces {
  name: string
  /** What there was of it. */
  left: number
}

/**
 * Gives a new order its pieces of every limited product. Call in the transaction that places it, with its account locked
 * and its lines written. Throws Conflict when there are too few, or when unpaid orders of the account hold pieces enough:
 * the transaction must end with that.
 */
export async function holdStock(writer: Writer, order: OrderRow, lines: OrderLineRow[]): Promise<void> {
  const most = limits.unpaidHoldingOrdersCount
  if ((await countUnpaidHolding(writer, order.account_id, most)) >= most)
    throw new KindError('Conflict', `您有 ${most} 个订单还没有支付，请先支付，或等它们关闭后再下单。`, {
      code: 'too-many-unpaid',
      retryAfterMs: limits.orderLifetimeMs,
    })
  const shortages = await holdWhatThereIs(writer, lines)
  if (shortages.length === 0) return keepHeldCaps(writer, order, lines)
  const said = shortages.map(({ name, left }) => `“${name}”${leftInWords(left)}`)
  throw new KindError('Conflict', `${said.join('，')}，请调整数量或选别的商品。`, {
    code: 'out-of-stock',
    errors: shortages.map(({ productId, left }) => ({
      path: quantityPath(lines, productId),
      message: leftInWords(left),
    })),
  })
}

const leftInWords = (left: number): string => (left > 0 ? `只剩 ${left} 件` : '已售罄')

/**
 * Refuses an order with which its account, or the browsers of its network or site together, hold too many pieces without paying:
 * a shop would be sold out for nothing. Counts what the order itself holds. Throws Conflict `too-many-unpaid`.
 */
async function keepHeldCaps(writer: Writer, order: OrderRow, lines: OrderLineRow[]): Promise<void> {
  const { placed_from: network, placed_site: site } = order
  const most = network === null ? limits.unpaidPiecesCount : limits.unpaidPiecesOfBrowserCount
  if ((await unpaidPieces(writer, order.account_id)) > most)
    throw tooManyPieces(`未支付的订单最多占用 ${most} 件限量商品，请先支付，或减少数量。`)
  if (network === null) return
  const { networkShareOfStock, networkPiecesCount, siteShareOfStock, sitePiecesCount } = limits
  await keepShare(writer, { column: 'placed_from', value: network }, lines, [
    networkShareOfStock,
    networkPiecesCount,
  ])
  // The /24 of an IPv4 address is its network and its site.
  if (site === null || site === network) return
  await keepShare(writer, { column: 'placed_site', value: site }, lines, [siteShareOfStock, sitePiecesCount])
}

/** Refuses more than a share of the pieces that nobody else holds, or than `least` where few are left. */
async function keepShare(
  writer: Writer,
  from: Parameters<typeof unpaidPiecesPlacedFrom>[1],
  lines: OrderLineRow[],
  [share, least]: [share: number, least: number],
): Promise<void> {
  const productIds = lines.map((line) => line.product_id)
  for (const { name, pieces, left } of await unpaidPiecesPlacedFrom(writer, from, productIds))
    if (pieces > Math.max(least, Math.floor((left + pieces) * share)))
      throw tooManyPieces(
        `您所在的网络有太多“${name}”还没有支付，请减少数量、稍后再试，或到微信公众号、小程序里下单。`,
      )
}

const tooManyPieces = (sentence: string) =>
  new KindError('Conflict', sentence, { code: 'too-many-unpaid', retryAfterMs: limits.orderLifetimeMs })

/**
 * Gives a closed order that was paid after all its pieces again. The customer has paid, so the order stands also when they
 * are gone: an operator is told what is missing. Call with the order locked.
 */
export async function holdStockAgain(
  writer: Writer,
  payment: { order_id: string; out_trade_no: string },
  at: Date,
): Promise<void> {
  const shortages = await holdWhatThereIs(writer, await linesOf(writer, [payment.order_id]))
  if (shortages.length === 0) return
  await keepAnomaly(writer, {
    orderId: payment.order_id,
    outTradeNo: payment.out_trade_no,
    kind: 'out-of-stock',
    evidenceId: 'stock',
    foundAt: at,
    particulars: {
      missing: shortages.map(({ productId, pieces, left }) => ({ productId, pieces: pieces - left })),
    },
  })
}

/** Gives back what an order holds. Once, however often: afterwards it holds nothing. */
export async function releaseStock(writer: Writer, orderId: string): Promise<void> {
  for (const { productId, pieces } of await lockHeldPieces(writer, orderId))
    await movePieces(writer, orderId, { productId, pieces: -pieces })
}

/** Every limited product of the lines, as far as there is of it, in the order of ids: two orders never wait in a circle. */
async function holdWhatThereIs(writer: Writer, lines: OrderLineRow[]): Promise<Shortage[]> {
  const wanted = new Map(lines.map((line) => [line.product_id, line]))
  const shortages: Shortage[] = []
  for (const { id, name, left } of await lockStock(writer, [...wanted.keys()])) {
    const { order_id: orderId, quantity } = wanted.get(id)!
    const pieces = Math.min(quantity, left)
    if (pieces > 0) await movePieces(writer, orderId, { productId: id, pieces })
    if (pieces < quantity) shortages.push({ productId: id, name, pieces: quantity, left })
  }
  return shortages
}
