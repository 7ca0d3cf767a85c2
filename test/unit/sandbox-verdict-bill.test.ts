import { describe, expect, test } from 'vitest'
import { merchantBooks } from '../support/merchant-books.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

const stage = sandboxStage()
const books = merchantBooks(stage)

describe('a bill in the place of the ledger', () => {
  const DAY = '2026-03-04'
  const rule = (api: string, effect: object) =>
    stage.sandbox.control('/rules', { match: { api, nth: 1 }, effect })
  const day = async () => {
    await stage.sandbox.control('/clock', { at: '2026-03-03T12:00:00+08:00' })
    await books.refund(await books.payment())
    await stage.sandbox.control('/clock', { at: `${DAY}T12:00:00+08:00` })
    await books.payment()
    await books.refund(await books.payment())
    await stage.sandbox.control('/clock', { at: '2026-03-05T10:00:00+08:00' })
  }

  test('agrees with the books when nothing spoils it', async () => {
    await day()
    const { body } = await books.ask({ bill: DAY })
    expect(body).toMatchObject({ clean: true, source: 'bill' })
  })

  test.each([
    ['a missing row', 'bill-row', { lose: true }, 'invented'],
    ['a row twice', 'bill-row', { duplicate: 1 }, 'doubled'],
    ['a row of another number', 'bill-row', { duplicate: 1, alter: { 商户订单号: 'X1' } }, 'lost'],
    ['another amount', 'bill-row', { alter: { 订单金额: '88.01' } }, 'wrong-amount'],
    ['a missing refund', 'bill-refund-row', { lose: true }, 'refund-invented'],
    ['a refund of another number', 'bill-refund-row', { alter: { 商户退款单号: 'X2' } }, 'refund-missing'],
    ['a refund of another amount', 'bill-refund-row', { alter: { 申请退款金额: '9.00' } }, 'refund-amount'],
    ['a refund in another state', 'bill-refund-row', { alter: { 退款状态: 'ABNORMAL' } }, 'refund-state'],
  ])('%s is found', async (_, api, effect, kind) => {
    await day()
    await rule(api, effect)
    expect(await books.kinds({ bill: DAY })).toContain(kind)
    expect(await books.kinds()).toEqual([])
  })

  test('is not there before ten o’clock of the next day', async () => {
    await stage.sandbox.control('/clock', { at: '2026-03-05T09:59:59+08:00', frozen: true })
    expect(await books.ask({ bill: DAY })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('STATEMENT_CREATING') },
    })
  })
})
