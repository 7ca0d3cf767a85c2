import fc from 'fast-check'
import { isUnpaid, keptOf, refundableFen, stateOf, type Order } from '../model.ts'
import { command, compare, expectAnswer, hasOrder, pick, type Command } from './step.ts'

/** Of what is left: all, half, more than there is. */
const shares = ['the rest', 'a half', 'too much'] as const
type Share = (typeof shares)[number]

/** What an operator types in; undefined: all that is left. */
function amountOf(order: Order, share: Share): number | undefined {
  const leftFen = refundableFen(order)
  if (share === 'a half') return Math.max(1, Math.floor(leftFen / 2))
  return share === 'too much' ? leftFen + 1 : undefined
}

/** So many operators want the same at once, each in their own name: granted as long as there is enough. */
const refund = (nth: number, share: Share, operators: number): Command =>
  command(`refund(${nth}, ${share}, ${operators} at once)`, hasOrder, async (model, real) => {
    const order = pick(model.orders, nth)
    const kept = keptOf(order)
    const amountFen = amountOf(order, share)
    const eachFen = amountFen ?? refundableFen(order)
    const grants = eachFen === 0 ? 0 : Math.min(operators, Math.floor(refundableFen(order) / eachFen))
    const statuses = await Promise.all(
      Array.from({ length: operators }, () => real.refund(order.id, amountFen)),
    )
    // 200: it was granted before the server fell, and is answered again.
    for (const status of statuses) expectAnswer('a refund', status, 201, 200, 409)
    const granted = statuses.filter((status) => status !== 409).length
    expectAnswer(`refunds granted of ${operators}`, granted, grants)
    if (kept) kept.grantedFen += granted * eachFen
    await compare(model, real)
  })

/** Fen that an operator may want an order to cost. */
const prices = [4_900, 9_900, 5_800] as const

const reprice = (nth: number, totalFen: number): Command =>
  command(`reprice(${nth}, ${totalFen})`, hasOrder, async (model, real) => {
    const order = pick(model.orders, nth)
    const isPossible = isUnpaid(model, order) && order.totalFen !== totalFen
    const status = await real.reprice(order.id, totalFen)
    expectAnswer('a new price', status, ...(isPossible ? [200, 409] : [409]))
    if (status === 200) order.totalFen = totalFen
    await compare(model, real)
    // It was refused only because the order turned out to be paid.
    if (isPossible && status === 409) expectAnswer('an order that took no new price', stateOf(order), 'paid')
  })

const nth = fc.nat(11)

/** What operators do, and how often beside the rest. */
export const operatorCommands = [
  {
    weight: 4,
    arbitrary: fc
      .tuple(nth, fc.constantFrom(...shares), fc.integer({ min: 1, max: 3 }))
      .map(([one, share, operators]) => refund(one, share, operators)),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(nth, fc.constantFrom(...prices)).map(([one, totalFen]) => reprice(one, totalFen)),
  },
]
