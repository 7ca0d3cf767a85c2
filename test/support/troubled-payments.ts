import type { Customer } from './customer.ts'
import type { MoneyStage } from './money-stage.ts'
import { until } from './until.ts'

const minuteMs = 60_000

/**
 * Both doors of one person have their cashier open, since WeChat does not close the first one's order; then both are paid,
 * the second one first.
 */
export async function payTwice(
  { alice, weather }: MoneyStage,
  official: Customer,
): Promise<{ orderId: string; firstId: string; secondId: string; totalFen: number }> {
  await weather({ api: 'close' }, { error: 'SYSTEM_ERROR' })
  const { id: orderId, totalFen } = await alice.order()
  const first = await alice.pay(orderId)
  const opened = await alice.launch(first.id)
  const second = await official.pay(orderId)
  await official.cashier(await official.launch(second.id), 'paid')
  await until(async () => (await alice.result(orderId)).result === 'paid')
  await alice.cashier(opened, 'paid')
  return { orderId, firstId: first.id, secondId: second.id, totalFen }
}

/** Alice pays; WeChat tells nobody, says for a while that nobody paid, and lets itself be closed until the order is over. */
export async function payDenied({
  alice,
  shop,
  weather,
}: MoneyStage): Promise<{ orderId: string; paymentId: string; totalFen: number }> {
  const { id: orderId, totalFen } = await alice.order()
  const { id: paymentId } = await alice.pay(orderId)
  const launch = await alice.launch(paymentId)
  await weather({ api: 'notify' }, { lose: true })
  await weather({ api: 'query' }, { alter: { trade_state: 'CLOSED', transaction_id: null, payer: null } })
  await alice.cashier(launch, 'paid')
  await shop.advance(32 * minuteMs)
  return { orderId, paymentId, totalFen }
}
