import type { Customer } from './customer.ts'
import { inParallel } from './figures.ts'
import type { MeasuredStage } from './stage.ts'

/** Orders that are prepaid and then settled together: few enough that none waits until the server asks about it (5 s). */
const SETTLED_TOGETHER = 40

/** What some orders took: the steps of each, the time and the server's CPU of all. */
export type Journey = {
  count: number
  createdMs: number[]
  prepaidMs: number[]
  settledMs: number[]
  wholeMs: number[]
  allMs: number
  cpuMicroseconds: number
}

/** What their settling alone took. */
export type Settling = Pick<Journey, 'count' | 'settledMs' | 'allMs' | 'cpuMicroseconds'>

/** Each customer orders, prepays, pays and waits until the order is paid, one order after another, so many in all. */
export async function travel(stage: MeasuredStage, customers: Customer[], count: number): Promise<Journey> {
  const journey = { count, createdMs: [], prepaidMs: [], settledMs: [], wholeMs: [] } as Pick<
    Journey,
    'count' | 'createdMs' | 'prepaidMs' | 'settledMs' | 'wholeMs'
  >
  const before = await stage.usage()
  const { allMs, eachMs } = await inParallel(turns(customers, count), customers.length, async (customer) => {
    const orderId = await timed(journey.createdMs, () => customer.placeOrder())
    const prepayId = await timed(journey.prepaidMs, () => customer.prepay(orderId))
    await timed(journey.settledMs, () => payAndSettle(stage, customer, orderId, prepayId))
  })
  const { cpuMicroseconds } = await stage.usage()
  return { ...journey, wholeMs: eachMs, allMs, cpuMicroseconds: cpuMicroseconds - before.cpuMicroseconds }
}

/** Prepays orders a few at a time and measures only what follows: the customer pays, WeChat notifies, the order is paid. */
export async function settle(stage: MeasuredStage, customers: Customer[], count: number): Promise<Settling> {
  const settling: Settling = { count: 0, settledMs: [], allMs: 0, cpuMicroseconds: 0 }
  while (settling.count < count) {
    const orders: { customer: Customer; orderId: string; prepayId: string }[] = []
    await inParallel(turns(customers, SETTLED_TOGETHER), customers.length, async (customer) => {
      const orderId = await customer.placeOrder()
      orders.push({ customer, orderId, prepayId: await customer.prepay(orderId) })
    })
    const before = await stage.usage()
    const { allMs } = await inParallel(orders, customers.length, ({ customer, orderId, prepayId }) =>
      timed(settling.settledMs, () => payAndSettle(stage, customer, orderId, prepayId)),
    )
    const after = await stage.usage()
    settling.count += orders.length
    settling.allMs += allMs
    settling.cpuMicroseconds += after.cpuMicroseconds - before.cpuMicroseconds
  }
  return settling
}

/** So many turns, each customer's in its turn. */
const turns = (customers: Customer[], count: number) =>
  Array.from({ length: count }, (_, index) => customers[index % customers.length]!)

async function payAndSettle(
  stage: MeasuredStage,
  customer: Customer,
  orderId: string,
  prepayId: string,
): Promise<void> {
  await customer.pay(prepayId)
  await stage.paid(orderId)
}

async function timed<Answer>(eachMs: number[], call: () => Promise<Answer>): Promise<Answer> {
  const startedAt = performance.now()
  const answer = await call()
  eachMs.push(performance.now() - startedAt)
  return answer
}
