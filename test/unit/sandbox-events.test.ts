import { afterEach, expect, test } from 'vitest'
import { EVENTS_KEPT } from '../../sandbox/control/event-routes.ts'
import { openAlipayMerchant } from '../support/alipay-merchant.ts'
import { openEventStream } from '../support/event-stream.ts'
import type { EventStream } from '../support/event-stream.ts'
import { MCHID } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

const stage = sandboxStage()
const open = new Set<EventStream>()
afterEach(() => {
  for (const stream of open) stream.close()
  open.clear()
})

async function watch(lastEventId?: string): Promise<EventStream> {
  const stream = await openEventStream(`${stage.sandbox.url}/_sandbox/events`, lastEventId)
  open.add(stream)
  return stream
}
const list = async (path: string) => (await stage.sandbox.control(path)).body

test('who watches gets each change as the lists show it', async () => {
  const stream = await watch()
  expect(stream.contentType).toBe('text/event-stream')
  const { outTradeNo, prepayId } = await stage.placed()
  const call = await stream.next(({ event }) => event === 'call')
  expect(call.data).toEqual((await list('/calls')).calls.at(-1))

  await stage.pay(prepayId)
  const paid = await stream.next(({ event, data }) => event === 'trade' && data.tradeState === 'SUCCESS')
  expect(paid.data).toEqual((await list(`/ledger?outTradeNo=${outTradeNo}`)).trades[0])
  const sent = await stream.next(({ event, data }) => event === 'notification' && data.state === 'accepted')
  expect(sent.data).toEqual((await list('/notifications')).notifications[0])

  await stage.sandbox.control('/refunds', { mchid: MCHID, outTradeNo })
  const refund = await stream.next(({ event }) => event === 'refund')
  expect(refund.data).toMatchObject({ outTradeNo, amountFen: 8_800, status: 'PROCESSING' })

  await stage.sandbox.control('/clock', { frozen: true })
  const clock = await stream.next(({ event }) => event === 'clock')
  const { now } = await list('/clock')
  expect(clock.data).toMatchObject({ now, frozen: true })
})

test('so do trades at Alipay', async () => {
  const stream = await watch()
  const { address } = await openAlipayMerchant(stage.sandbox)
  const outTradeNo = stage.freshNumber()
  const biz = {
    out_trade_no: outTradeNo,
    total_amount: '88.00',
    subject: '白瓷盖碗',
    product_code: 'QUICK_WAP_WAY',
  }
  await stage.sandbox.control('/pay', { alipayUrl: address(biz), user: 'alice' })
  const paid = await stream.next(({ event, data }) => event === 'alipay-trade' && data.paidAt !== null)
  expect(paid.data).toEqual((await list(`/ledger?outTradeNo=${outTradeNo}`)).alipayTrades[0])
})

test('a rule is told when it is made, when it strikes and when it is gone', async () => {
  const stream = await watch()
  const next = async () => (await stream.next(({ event }) => event === 'rule')).data
  const made = await stage.sandbox.control('/rules', {
    match: { api: 'prepay', times: 1 },
    effect: { error: 'SYSTEM_ERROR' },
  })
  expect(await next()).toEqual(made.body)
  await stage.prepay()
  expect(await next()).toMatchObject({ id: made.body.id, struck: 1 })
  await stage.sandbox.control('/rules', undefined, 'DELETE')
  expect(await next()).toMatchObject({ id: made.body.id, removed: true })
})

test('a reset and a restored snapshot say that everything may be different', async () => {
  const stream = await watch()
  const { id } = (await stage.sandbox.control('/snapshot', {})).body
  await stage.sandbox.control('/reset', {})
  expect((await stream.next(({ event }) => event === 'reset')).data).toEqual({})
  await stage.sandbox.control('/restore', { id })
  expect((await stream.next(({ event }) => event === 'reset')).data).toEqual({})
})

test('after a broken connection the stream goes on where it broke', async () => {
  const first = await watch()
  await stage.sandbox.control('/clock', { advanceMs: 1_000 })
  const { id } = await first.next()
  first.close()
  await stage.sandbox.control('/clock', { frozen: true })
  await stage.sandbox.control('/clock', { frozen: false })
  const second = await watch(id)
  expect([(await second.next()).data.frozen, (await second.next()).data.frozen]).toEqual([true, false])
})

test('what was missed for too long, or in another run, begins with a reset', async () => {
  const first = await watch()
  await stage.sandbox.control('/clock', { advanceMs: 1_000 })
  const { id } = await first.next()
  const move = () => stage.sandbox.control('/clock', { advanceMs: 1_000 })
  // One call that strikes a hundred rules is a hundred events.
  const rule = { match: { api: 'query' }, effect: { delayMs: 0 } }
  await Promise.all(Array.from({ length: 100 }, () => stage.sandbox.control('/rules', rule)))
  for (let told = 0; told <= EVENTS_KEPT; told += 100) await stage.query('NONE')
  for (const lastId of [id, 'another1-3', 'nonsense', '']) {
    const stream = await watch(lastId)
    const { event, id: nextId } = await stream.next()
    expect(event).toBe('reset')
    stream.close()
    // What follows that reset can be caught up with again.
    await move()
    expect((await (await watch(nextId)).next()).event).toBe('clock')
  }
})
