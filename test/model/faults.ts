import { goesBackFen, piecesLeft, stateOf, type Attempt, type Model, type Order } from './model.ts'
import type { Seen, SeenOrder, SeenPayment } from './seen.ts'

/** Each sentence is true of every payment at any moment, whatever failed on the way. */
const ofPayments: Record<string, (attempt: Attempt, seen: SeenPayment) => boolean> = {
  'nothing is paid that WeChat took no money for': (attempt, seen) =>
    attempt.isTaken || (seen.state !== 'paid' && !seen.kept),
  'WeChat and the model agree on what was taken': (attempt, { trade }) =>
    attempt.isTaken === (trade?.isPaid ?? false),
  'an attempt asks for the same amount for ever, here and at WeChat': (attempt, seen) =>
    seen.amountFen === attempt.amountFen && (seen.trade?.amountFen ?? seen.amountFen) === attempt.amountFen,
  'what the server was told is paid': (attempt, seen) => !attempt.isTold || seen.state === 'paid',
  'the first money that fits pays the order, no other': (attempt, seen) => seen.kept === attempt.isKept,
  'surplus goes back in full and kept money as far as it was granted': (attempt, seen) =>
    seen.reservedFen + seen.refundedFen === goesBackFen(attempt),
  'WeChat gives back what was promised and no fen more': (attempt, { trade }) =>
    (trade?.givingBackFen ?? 0) <= goesBackFen(attempt),
  'nothing counts as gone back before WeChat says so': (_attempt, seen) =>
    seen.refundedFen <= (seen.trade?.givenBackFen ?? 0),
}

const isCurrent = ({ state }: SeenPayment) => state === 'created' || state === 'pending'
const isOpen = (seen: SeenPayment) => isCurrent(seen) || seen.state === 'closing'

/** The same of every order. */
const ofOrders: Record<string, (order: Order, seen: SeenOrder, model: Model) => boolean> = {
  'an order is paid if, and only if, one of its payments is kept': (order, seen) =>
    seen.state === stateOf(order),
  'an order costs what it was placed for, or what an operator said last': (order, seen) =>
    seen.totalFen === order.totalFen,
  'one attempt at most takes money, and at what the order costs': (_order, seen) => {
    const current = seen.payments.filter(isCurrent)
    return current.length <= 1 && current.every((one) => one.amountFen === seen.totalFen)
  },
  'no attempt takes money once its order is paid or closed': (_order, seen) =>
    seen.state === 'pending' || !seen.payments.some(isCurrent),
  'an order closes only when it is cancelled or its time is over, and nothing of it is open': (
    order,
    seen,
    model,
  ) =>
    seen.state !== 'closed' ||
    ((order.isCancelAsked || model.nowMs >= order.expiresAtMs) && !seen.payments.some(isOpen)),
  'no attempt takes money once the buyer has cancelled': (order, seen) =>
    !order.isCancelAsked || !seen.payments.some(isCurrent),
  'when its time is over nothing stays open or unknown': (order, seen) =>
    !order.isOver ||
    (seen.state !== 'pending' &&
      !seen.payments.some(isOpen) &&
      seen.payments.every(({ state, trade }) => (state === 'paid') === (trade?.isPaid ?? false))),
}

/** Every sentence that what was seen makes untrue, and of what. An empty list: all is well. Pure. */
export function faultsOf(model: Model, seen: Seen): string[] {
  const faults = model.orders.flatMap((order, i) => faultsOfOrder(model, order, seen.orders[i]!))
  if (seen.piecesLeft !== piecesLeft(model))
    faults.push(
      `orders hold their pieces until they close or all money has gone back: ${seen.piecesLeft} are left, expected ${piecesLeft(model)}`,
    )
  return faults
}

function faultsOfOrder(model: Model, order: Order, seen: SeenOrder): string[] {
  const faults = Object.entries(ofOrders)
    .filter(([, isTrue]) => !isTrue(order, seen, model))
    .map(([sentence]) => untrue(sentence, seen, order))
  const known = new Map(order.attempts.map((attempt) => [attempt.number, attempt]))
  if (known.size !== seen.payments.length || !seen.payments.every(({ number }) => known.has(number)))
    return [...faults, untrue('there are the payments that somebody asked for', seen, order)]
  for (const payment of seen.payments) {
    const attempt = known.get(payment.number)!
    for (const [sentence, isTrue] of Object.entries(ofPayments))
      if (!isTrue(attempt, payment)) faults.push(untrue(sentence, payment, attempt))
  }
  return faults
}

/** What is not over although all that was promised had time enough to go back. Pure. */
export const unrest = (seen: Seen): string[] =>
  seen.orders
    .flatMap(({ payments }) => payments)
    .filter((one) => one.reservedFen > 0 || one.refundedFen !== (one.trade?.givenBackFen ?? 0))
    .map((one) => `all that was promised goes back in the end: not so of ${JSON.stringify(one)}`)

const untrue = (sentence: string, seen: unknown, expected: unknown) =>
  `${sentence}: not so of ${JSON.stringify(seen)}, expected ${JSON.stringify(expected)}`
