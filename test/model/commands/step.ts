import type fc from 'fast-check'
import { faultsOf } from '../faults.ts'
import { learn, newAttempt, type Attempt, type Door, type Model, type Order } from '../model.ts'
import type { Real } from '../real.ts'
import type { SeenOrder } from '../seen.ts'

export type Command = fc.AsyncCommand<Model, Real>

/** One thing that somebody does: when it can be done, what it does to both, and how a counterexample names it. */
export const command = (
  name: string,
  can: (model: Model) => boolean,
  run: (model: Model, real: Real) => Promise<void>,
): Command => ({ check: can, run, toString: () => name })

/** One of them, by a number that may be any: what is left after shrinking still means something. */
export const pick = <One>(all: readonly One[], nth: number): One => all[nth % all.length]!

export const hasOrder = (model: Model): boolean => model.orders.length > 0
export const hasAttempt = (model: Model): boolean => attemptsOf(model).length > 0
export const attemptsOf = (model: Model): Attempt[] => model.orders.flatMap(({ attempts }) => attempts)
export const orderOf = (model: Model, attempt: Attempt): Order =>
  model.orders.find(({ attempts }) => attempts.includes(attempt))!

/**
 * After every command: what is due is done, what the server came to know the model learns, and every sentence has to be
 * true. `asked`: attempts that this command may have made, by the order and the doors it asked at.
 */
export async function compare(
  model: Model,
  real: Real,
  asked?: { order: Order; doors: readonly Door[] },
): Promise<void> {
  await real.settle()
  const seen = await real.look(model.orders.map(({ id }) => id))
  model.orders.forEach((order, i) => {
    if (asked?.order === order) takeUp(order, seen.orders[i]!, asked.doors)
    observe(order, seen.orders[i]!)
  })
  const faults = faultsOf(model, seen)
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

/** One door makes one attempt at most. Of two at once each may make way for the other, and come again. */
function takeUp(order: Order, seen: SeenOrder, doors: readonly Door[]): void {
  const known = new Set(order.attempts.map(({ number }) => number))
  const made = seen.payments.filter(({ number }) => !known.has(number))
  for (const { number } of doors.length === 1 ? made.slice(0, 1) : made) {
    const door = doors.find((one) => number.startsWith(one))
    if (door) order.attempts.push(newAttempt(order, door, number))
  }
}

/** Only when the server learns is its own affair; what follows from it is not. */
function observe(order: Order, seen: SeenOrder): void {
  const paid = new Set(seen.payments.filter(({ state }) => state === 'paid').map(({ number }) => number))
  const news = order.attempts.filter((one) => !one.isPaid && paid.has(one.number))
  learn(
    order,
    news.map(({ number }) => number),
    seen.payments.find(({ kept }) => kept)?.number,
  )
  order.isClosed = seen.state === 'closed'
  for (const attempt of order.attempts) {
    const payment = seen.payments.find(({ number }) => number === attempt.number)
    attempt.called = payment?.state ?? 'missing'
    attempt.goneBackFen = payment?.refundedFen ?? 0
  }
}

/** Throws unless the answer is one of those that the model allows. */
export function expectAnswer<Answer>(what: string, answer: Answer, ...allowed: Answer[]): void {
  if (!allowed.includes(answer))
    throw new Error(`${what} was answered ${String(answer)}, expected ${allowed.join(' or ')}`)
}
