import { beforeEach, describe, expect, test } from 'vitest'
import type { Order, OrderResult } from '../../contract/order.ts'
import { watchResult } from '../../h5/payment/result-watch.ts'
import type { ResultSight } from '../../h5/payment/result-watch.ts'

const order: Order = {
  id: '7KQ2M9X4T1B01',
  state: 'pending',
  displayState: 'paying',
  paying: true,
  payable: true,
  lines: [],
  totalFen: 2800,
  createdAt: '2026-11-21T04:00:00Z',
  expiresAt: '2026-11-21T04:30:00Z',
  serverTime: '2026-11-21T04:00:00Z',
  paidAt: null,
  refundedFen: 0,
  closedAt: null,
  closedBy: null,
  cancelling: false,
  cancelAskedAt: null,
}

function answer(result: OrderResult['result'], askAgainMs: number | null = null): OrderResult {
  return { order, result, paymentId: 'PAYMENT', refunds: [], askAgainMs }
}

/** A clock that only moves when told, and the server's answers as a script. */
class World {
  nowMs = 0
  answers: (OrderResult | Error)[] = []
  looks: number[] = []
  asks: number[] = []
  sights: ResultSight[] = []
  askError: Error | null = null
  private timers = new Map<number, { atMs: number; task: () => void }>()
  private nextTimer = 1

  watch = watchResult({
    getResult: async () => {
      this.looks.push(this.nowMs)
      const next = this.answers.length > 1 ? this.answers.shift() : this.answers[0]
      if (next instanceof Error || !next) throw next ?? new Error('no answer scripted')
      return next
    },
    askNow: async () => {
      this.asks.push(this.nowMs)
      if (this.askError) throw this.askError
    },
    show: (sight) => void this.sights.push(sight),
    now: () => this.nowMs,
    setTimer: (task, delayMs) => {
      this.timers.set(this.nextTimer, { atMs: this.nowMs + delayMs, task })
      return this.nextTimer++
    },
    clearTimer: (timer) => void this.timers.delete(timer),
  })

  get shown() {
    return this.sights[this.sights.length - 1]
  }

  get isWaiting() {
    return this.timers.size > 0
  }

  /** Lets the promises of one look settle. */
  async settle() {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }

  async pass(durationMs: number) {
    const endMs = this.nowMs + durationMs
    for (;;) {
      await this.settle()
      const [due] = [...this.timers].toSorted((a, b) => a[1].atMs - b[1].atMs)
      if (!due || due[1].atMs > endMs) break
      this.nowMs = due[1].atMs
      this.timers.delete(due[0])
      due[1].task()
    }
    this.nowMs = endMs
    await this.settle()
  }
}

let world: World
beforeEach(() => {
  world = new World()
})

describe('the watch over a result', () => {
  test('finds the payment by its own timer when no event ever comes', async () => {
    world.answers = [
      answer('checking', 1000),
      answer('checking', 1000),
      answer('checking', 1000),
      answer('paid'),
    ]
    world.watch.look()
    await world.pass(3000)
    expect(world.shown?.result?.result).toBe('paid')
  })

  test('has WeChat asked while checking, at most once in two seconds', async () => {
    world.answers = [answer('checking', 500)]
    world.watch.look()
    await world.pass(6100)
    expect(world.asks).toEqual([0, 2000, 4000, 6000])
    expect(world.looks.length).toBeGreaterThan(world.asks.length)
  })

  test('shows what the server learned by being asked, without another pause', async () => {
    world.answers = [answer('checking', 2000), answer('paid')]
    world.watch.look()
    await world.settle()
    expect(world.shown?.result?.result).toBe('paid')
    expect(world.nowMs).toBe(0)
  })

  test('asks again when the server says, and stops once it is paid or closed', async () => {
    world.answers = [answer('checking', 3000), answer('checking', 3000), answer('closed')]
    world.askError = new Error('too many')
    world.watch.look()
    await world.pass(2999)
    expect(world.looks).toEqual([0])
    await world.pass(10_000)
    expect(world.looks).toEqual([0, 3000, 6000])
    expect(world.isWaiting).toBe(false)
  })

  test('keeps looking after unpaid, since a cashier may still be open above a silent page', async () => {
    world.answers = [answer('unpaid', 2000), answer('unpaid', 2000), answer('paid')]
    world.watch.look()
    await world.pass(4000)
    expect(world.shown?.result?.result).toBe('paid')
    expect(world.asks).toEqual([])
  })

  test('looks at once when the customer comes back, and lets the timer go on from there', async () => {
    world.answers = [answer('unpaid', 2000)]
    world.watch.look()
    await world.pass(1000)
    world.watch.look()
    await world.pass(1999)
    expect(world.looks).toEqual([0, 1000])
    await world.pass(1)
    expect(world.looks).toEqual([0, 1000, 3000])
  })

  test('answers a burst of events with one look more', async () => {
    world.answers = [answer('unpaid')]
    world.watch.look()
    world.watch.look()
    world.watch.look()
    await world.settle()
    expect(world.looks).toHaveLength(2)
  })

  test('offers a button and slows down when checking lasts 30 seconds', async () => {
    world.answers = [answer('checking', 1000)]
    world.watch.look()
    await world.pass(29_000)
    expect(world.shown?.isLong).toBe(false)
    await world.pass(6_000)
    expect(world.shown?.isLong).toBe(true)
    const looksSoFar = world.looks.length
    await world.pass(10_000)
    // Each look in this time asks WeChat, and looks again.
    expect(world.looks.length - looksSoFar).toBe(4)
  })

  test('counts the waiting from a new attempt', async () => {
    world.answers = [answer('checking', 1000)]
    world.watch.look()
    await world.pass(40_000)
    world.watch.restart()
    await world.settle()
    expect(world.shown?.isLong).toBe(false)
  })

  test('keeps the last answer through a weak network, backs off, and recovers', async () => {
    world.answers = [answer('unpaid', 2000), new Error('offline'), new Error('offline'), answer('paid')]
    world.watch.look()
    await world.pass(2000)
    expect(world.shown).toMatchObject({ result: { result: 'unpaid' }, trouble: new Error('offline') })
    await world.pass(6000)
    expect(world.looks).toEqual([0, 2000, 4000, 8000])
    expect(world.shown).toMatchObject({ result: { result: 'paid' }, trouble: null })
  })

  test('never goes quiet when the server names no time although nothing is final', async () => {
    world.answers = [answer('checking', null)]
    world.askError = new Error('too many')
    world.watch.look()
    await world.pass(20_000)
    expect(world.looks).toEqual([0, 5000, 10_000, 15_000, 20_000])
    expect(world.shown?.isLong).toBe(true)
  })

  test('is silent after it was stopped', async () => {
    world.answers = [answer('checking', 1000)]
    world.watch.look()
    world.watch.stop()
    await world.pass(10_000)
    expect(world.sights).toEqual([])
    expect(world.isWaiting).toBe(false)
  })
})
