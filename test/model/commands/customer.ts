import fc from 'fast-check'
import { doors, isCurrent, isPayable, newOrder, piecesLeft, stateOf, type Door } from '../model.ts'
import { product } from '../real.ts'
import {
  attemptsOf,
  command,
  compare,
  expectAnswer,
  hasAttempt,
  hasOrder,
  orderOf,
  pick,
  type Command,
} from './step.ts'

const MOST_ORDERS = 3

const order = (quantity: number): Command =>
  command(
    `order(${quantity})`,
    (model) => model.orders.length < MOST_ORDERS,
    async (model, real) => {
      const isEnough = quantity <= piecesLeft(model)
      const { status, body } = await real.order(quantity)
      expectAnswer('an order', status, ...(isEnough ? [201, 200] : [409]))
      if (isEnough) {
        const totalFen = quantity * product.priceFen
        model.orders.push(
          newOrder({ id: body.id, quantity, totalFen, expiresAtMs: Date.parse(body.expiresAt) }),
        )
      }
      await compare(model, real)
    },
  )

/** Paid already, it is refused; else it is closed now or later, or turns out to be paid. */
const cancelOrder = (nth: number): Command =>
  command(`cancelOrder(${nth})`, hasOrder, async (model, real) => {
    const one = pick(model.orders, nth)
    const before = stateOf(one)
    const status = await real.cancelOrder(one.id)
    one.isCancelAsked ||= before === 'pending'
    await compare(model, real)
    const isPaidNow = stateOf(one) === 'paid'
    expectAnswer('a cancel', status, ...(before === 'paid' ? [409] : isPaidNow ? [200, 409] : [200]))
  })

/** By one door, or by two at once. */
const prepay = (nth: number, at: readonly Door[]): Command =>
  command(`prepay(${nth}, ${at.join(' and ')})`, hasOrder, async (model, real) => {
    const one = pick(model.orders, nth)
    const wasPayable = isPayable(model, one)
    const open = one.attempts.find((attempt) => isCurrent(attempt) && attempt.amountFen === one.totalFen)
    const mayBeClosed = one.attempts.some(({ isClosedElsewhere }) => isClosedElsewhere)
    const answers = await Promise.all(at.map((door) => real.prepay(one.id, door)))
    await compare(model, real, { order: one, doors: at })
    for (const { number, isOpened } of answers)
      for (const attempt of one.attempts) if (attempt.number === number) attempt.canBeTried ||= isOpened
    if (!wasPayable) return answers.forEach(({ status }) => expectAnswer('paying in vain', status, 409))
    // It turned out to be paid, it was closed behind our back, or the other door came first.
    const mayConflict = stateOf(one) === 'paid' || mayBeClosed || at.length > 1
    const allowed = [200, ...(mayConflict ? [409] : []), ...(model.weather.prepay === 'fair' ? [] : [504])]
    for (const { status } of answers) expectAnswer('a prepay', status, ...allowed)
    const [answer] = answers
    if (at.length === 1 && open?.door === at[0] && answer!.number !== null && !mayBeClosed)
      expectAnswer('the same door again', answer!.number, open!.number)
  })

/** The client asks once more for what opens the cashier of an attempt, whatever became of it or of its order. */
const launch = (nth: number): Command =>
  command(`launch(${nth})`, hasAttempt, async (model, real) => {
    const attempt = pick(attemptsOf(model), nth)
    const mayBe = isPayable(model, orderOf(model, attempt)) && isCurrent(attempt)
    const status = await real.launch(attempt.number)
    attempt.canBeTried ||= status === 200
    expectAnswer('a launch', status, ...(mayBe ? [200, 409, 504] : [409]))
    await compare(model, real)
  })

/** Somebody at a cashier that was opened now, or a while ago. */
const pay = (nth: number): Command =>
  command(`pay(${nth})`, hasTriable, async (model, real) => {
    const attempt = pick(triable(model), nth)
    const mustBe = paymentMustSucceed(attempt.called, model.nowMs < orderOf(model, attempt).expiresAtMs)
    const isTaken = await real.pay(attempt.number)
    if (attempt.isTaken || attempt.isClosedElsewhere)
      expectAnswer('paying again or what is closed', isTaken, false)
    else if (mustBe !== null) expectAnswer(`paying what the books call ${attempt.called}`, isTaken, mustBe)
    attempt.isTaken ||= isTaken
    await compare(model, real)
  })

/** What the books call open can be paid until its time is over, what they call closed cannot; else WeChat decides. */
function paymentMustSucceed(called: string, isInTime: boolean): boolean | null {
  if (!isInTime || called === 'closed' || called === 'failed') return false
  return called === 'pending' ? true : null
}

const triable = (model: Parameters<typeof attemptsOf>[0]) =>
  attemptsOf(model).filter(({ canBeTried }) => canBeTried)
const hasTriable = (model: Parameters<typeof attemptsOf>[0]) => triable(model).length > 0

/** The customer turns back at the cashier, and the client says so. */
const cancel = (nth: number): Command =>
  command(`cancel(${nth})`, hasTriable, async (model, real) => {
    const attempt = pick(triable(model), nth)
    await real.cancel(attempt.number)
    await ask(attempt.number, 'cancel', model, real)
  })

/** The client comes back and has the server ask. */
const query = (nth: number): Command =>
  command(`query(${nth})`, hasAttempt, async (model, real) =>
    ask(pick(attemptsOf(model), nth).number, 'ok', model, real),
  )

const ask = async (
  number: string,
  hint: 'ok' | 'cancel',
  ...[model, real]: Parameters<Command['run']>
): Promise<void> => {
  expectAnswer('asking', await real.check(number, hint), 200)
  if (model.weather.query === 'fair')
    for (const attempt of attemptsOf(model)) if (attempt.number === number) attempt.isTold ||= attempt.isTaken
  await compare(model, real)
}

const nth = fc.nat(11)
const twoDoors = fc.uniqueArray(fc.constantFrom(...doors), { minLength: 2, maxLength: 2 })

/** What the customer does, and how often beside the rest. */
export const customerCommands = [
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }).map(order) },
  {
    weight: 6,
    arbitrary: fc.tuple(nth, fc.constantFrom(...doors)).map(([one, door]) => prepay(one, [door])),
  },
  { weight: 2, arbitrary: fc.tuple(nth, twoDoors).map(([one, at]) => prepay(one, at)) },
  { weight: 2, arbitrary: nth.map(launch) },
  { weight: 2, arbitrary: nth.map(cancelOrder) },
  { weight: 8, arbitrary: nth.map(pay) },
  { weight: 1, arbitrary: nth.map(cancel) },
  { weight: 3, arbitrary: nth.map(query) },
]
