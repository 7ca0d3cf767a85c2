import fc from 'fast-check'
import { calls, isFair, type Call, type Fare } from '../model.ts'
import { attemptsOf, command, compare, hasAttempt, hasOrder, pick, type Command } from './step.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** What WeChat sent about an order's payments arrives at last, or once more: all at once, in so many copies. */
const notify = (nth: number, copies: number): Command =>
  command(
    `notify(${nth}, ${copies} copies)`,
    (model) => attemptsOf(model).some(({ isTaken }) => isTaken),
    async (model, real) => {
      const orders = model.orders.filter(({ attempts }) => attempts.some(({ isTaken }) => isTaken))
      const taken = pick(orders, nth).attempts.filter(({ isTaken }) => isTaken)
      await real.notify(
        taken.map(({ number }) => number),
        copies,
      )
      for (const attempt of taken) attempt.isTold = true
      await compare(model, real)
    },
  )

/** The merchant's staff closes a trade in WeChat's own console. */
const closeElsewhere = (nth: number): Command =>
  command(`closeElsewhere(${nth})`, hasAttempt, async (model, real) => {
    const attempt = pick(attemptsOf(model), nth)
    if (await real.closeElsewhere(attempt.number)) attempt.isClosedElsewhere = true
    await compare(model, real)
  })

const wait = (ms: number): Command =>
  command(`wait(${ms / SECOND} s)`, hasOrder, async (model, real) => {
    model.nowMs += ms
    await real.moveTo(model.nowMs, MINUTE)
    await compare(model, real)
  })

/** Until three minutes after an order's time: the last look, and two more tries of a close. */
const expire = (nth: number): Command =>
  command(`expire(${nth})`, hasOrder, async (model, real) => {
    const atMs = pick(model.orders, nth).expiresAtMs
    await real.moveTo(atMs, 5 * MINUTE)
    await real.moveTo(atMs + 3 * MINUTE, 61 * SECOND)
    model.nowMs = Math.max(model.nowMs, atMs + 3 * MINUTE)
    if (isFair(model))
      for (const order of model.orders) order.isOver ||= model.nowMs >= order.expiresAtMs + 3 * MINUTE
    await compare(model, real)
  })

/** From now on such calls fare like this. */
const weather = (call: Call, fare: Fare): Command =>
  command(
    `weather(${call} ${fare})`,
    () => true,
    async (model, real) => {
      model.weather[call] = fare
      real.line.fareOf = (one) => model.weather[one]
    },
  )

/**
 * The next such call ends the server. The model does not know of it: whoever asked asks again, and then all is as if
 * nothing had been.
 */
const crash = (call: Call, moment: 'before' | 'after'): Command =>
  command(
    `crash(${moment} ${call})`,
    () => true,
    async (_model, real) => void (real.line.deadly = { call, moment }),
  )

const restart = (): Command =>
  command(
    'restart()',
    () => true,
    async (model, real) => {
      await real.restart()
      await compare(model, real)
    },
  )

const nth = fc.nat(11)
const call = fc.constantFrom(...calls)
const fares = ['unheard', 'unanswered', 'fair', 'fair'] as const satisfies Fare[]

const moment = fc.constantFrom('before' as const, 'after' as const)

/** What WeChat, the network and time do, and how often beside the rest. */
export const worldCommands = [
  { weight: 4, arbitrary: fc.tuple(nth, fc.integer({ min: 1, max: 3 })).map(([one, n]) => notify(one, n)) },
  { weight: 1, arbitrary: nth.map(closeElsewhere) },
  { weight: 2, arbitrary: fc.constantFrom(10 * SECOND, 70 * SECOND, 6 * MINUTE).map(wait) },
  { weight: 1, arbitrary: nth.map(expire) },
  {
    weight: 2,
    arbitrary: fc.tuple(call, fc.constantFrom(...fares)).map(([one, fare]) => weather(one, fare)),
  },
  // Two attempts can be paid only where the first one could not be closed.
  { weight: 3, arbitrary: fc.constant(null).map(() => weather('close', 'unheard')) },
  { weight: 2, arbitrary: fc.tuple(call, moment).map(([one, when]) => crash(one, when)) },
  { weight: 1, arbitrary: fc.constant(null).map(restart) },
]
