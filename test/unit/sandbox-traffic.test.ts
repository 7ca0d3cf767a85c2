import { expect, test } from 'vitest'
import { proofOf, proves } from '../support/sandbox-client.ts'
import { MCHID } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

const stage = sandboxStage()

/** Places, pays and queries one order after another until it is told to stop. What each answer was. */
function traffic(check: (paid: { outTradeNo: string; statuses: number[] }) => void) {
  let isOver = false
  const lane = async () => {
    while (!isOver) {
      const order = stage.order()
      const outTradeNo = String(order['out_trade_no'])
      const placed = await stage.prepay(order)
      const paid = await stage.pay(placed.body?.prepay_id ?? '')
      check({ outTradeNo, statuses: [placed.status, paid.status, (await stage.query(outTradeNo)).status] })
    }
  }
  const lanes = Promise.all([lane(), lane(), lane()])
  return {
    async stop() {
      isOver = true
      await lanes
    },
  }
}

test('while the keys change under traffic no call fails, and every notification verifies by a key that is there', async () => {
  const paid: string[] = []
  const running = traffic(({ outTradeNo, statuses }) => {
    expect(statuses).toEqual([200, 200, 200])
    paid.push(outTradeNo)
  })
  const rotate = (body: object) => stage.sandbox.control('/keys/rotate', { mchid: MCHID, ...body })
  for (const percent of [0.1, 1, 50, 99.9, 100]) {
    expect((await rotate({ from: 'certificate', to: 'public-key', percent })).status).toBe(200)
    const before = paid.length
    while (paid.length < before + 3) await new Promise((resolve) => setImmediate(resolve))
  }
  expect((await rotate({ to: 'certificate' })).status).toBe(200)
  await running.stop()
  await stage.receiver.arrived(paid.length)
  const { publicKeyId, publicKeyPem, platformSerialNo, platformCertificatePem } =
    stage.sandbox.merchant(MCHID)
  const pems = { [publicKeyId]: publicKeyPem, [platformSerialNo]: platformCertificatePem }
  const serials = stage.receiver.received.map(({ headers, body }) => {
    const proof = proofOf(headers)!
    expect(proves(proof, pems[proof.serial]!, body)).toBe(true)
    return proof.serial
  })
  expect(new Set(serials)).toEqual(new Set([publicKeyId, platformSerialNo]))
  await rotate({ to: 'public-key', percent: 50 })
})

test('resets and restored snapshots under traffic leave no half order, and never an error of the sandbox’s own', async () => {
  const statuses = new Set<number>()
  const running = traffic((seen) => seen.statuses.forEach((status) => statuses.add(status)))
  for (let round = 0; round < 5; round += 1) {
    const { id } = (await stage.sandbox.control('/snapshot', {})).body
    await stage.sandbox.control(round % 2 === 0 ? '/reset' : '/restore', { id })
    const { trades, balances } = (await stage.sandbox.control('/ledger')).body
    const takenFen = trades
      .filter((trade: { tradeState: string }) => trade.tradeState === 'SUCCESS')
      .reduce((sum: number, trade: { amountFen: number }) => sum + trade.amountFen, 0)
    expect(balances[MCHID] ?? 0).toBe(takenFen)
  }
  await running.stop()
  // Ordered before and paid or asked about after: refused as any unknown prepay_id or number is.
  expect([200, 404, 422]).toEqual(expect.arrayContaining([...statuses]))
  const { trades } = (await stage.sandbox.control('/ledger')).body
  const { users } = (await stage.sandbox.control('/users')).body
  const paidFen = trades
    .filter((trade: { tradeState: string }) => trade.tradeState === 'SUCCESS')
    .reduce((sum: number, trade: { amountFen: number }) => sum + trade.amountFen, 0)
  expect(users[0].balanceFen).toBe(10_000_000 - paidFen)
})
