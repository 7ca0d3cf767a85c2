import { describe, expect, test } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { moneyOf, resultOf } from '../../server/payments/payment-result.ts'
import { nextCheckAt } from '../../server/payments/query-ladder.ts'

const secondMs = 1_000
const minuteMs = 60_000
const start = new Date('2026-11-21T10:00:00.000Z')
/** So many milliseconds after the payment was launched. */
const at = (ms: number) => new Date(start.getTime() + ms)
const again = limits.resultUnpaidAskAgainMs
type Known = Parameters<typeof resultOf>[1][number]

const launched: Known = {
  state: 'pending',
  kept: false,
  created_at: at(-5 * secondMs),
  launched_at: start,
  hint: null,
  hint_at: null,
  unpaid_since: null,
  unpaid_at: null,
}
const hinted = (hint: 'ok' | 'cancel' | 'fail', ms: number) => ({ hint, hint_at: at(ms) }) as const
const notPaid = (sinceMs: number, lastMs: number) => ({ unpaid_since: at(sinceMs), unpaid_at: at(lastMs) })

describe('the result page', () => {
  test.each<[string, 'pending' | 'paid' | 'closed', Partial<Known> | null, number, string, number | null]>([
    ['a paid order', 'paid', {}, 0, 'paid', null],
    ['an order paid at an amount it no longer costs', 'pending', { state: 'paid' }, 0, 'unpaid', null],
    [
      'a payment kept a moment after the order was read',
      'pending',
      { state: 'paid', kept: true, ...hinted('cancel', 1), ...notPaid(2, 2) },
      3,
      'checking',
      limits.resultAskAgainMs,
    ],
    [
      'a paid order whose newest payment was cancelled',
      'paid',
      { ...hinted('cancel', 0), ...notPaid(1, 1) },
      0,
      'paid',
      null,
    ],
    ['a closed order', 'closed', {}, 0, 'closed', null],
    ['a closed order that somebody says is ok', 'closed', hinted('ok', 0), 0, 'closed', null],
    ['an order that nobody began to pay', 'pending', null, 0, 'unpaid', null],
    ['a payment that is closed', 'pending', { state: 'closed' }, 0, 'unpaid', null],
    ['a payment that failed', 'pending', { state: 'failed' }, 0, 'unpaid', null],
    ['a payment just launched', 'pending', {}, 0, 'checking', 1_000],
    // No cashier opens without launch parameters, which follow within seconds or never.
    ['a payment not launched yet', 'pending', { launched_at: null }, -2_001, 'checking', 1_000],
    ['a payment never launched', 'pending', { launched_at: null }, -2_000, 'unpaid', again],
    [
      'a payment never registered, nor launched',
      'pending',
      { state: 'created', launched_at: null },
      -2_000,
      'unpaid',
      again,
    ],
    [
      'a payment left before it was launched',
      'pending',
      { launched_at: null, ...hinted('cancel', -4_900) },
      -4_800,
      'unpaid',
      again,
    ],
    [
      'a payment never launched that somebody says is ok',
      'pending',
      { launched_at: null, ...hinted('ok', 0) },
      1_000,
      'checking',
      1_000,
    ],
    ['a payment being closed', 'pending', { state: 'closing' }, 0, 'checking', 1_000],
    // A word of the cashier alone proves nothing.
    ['cancel, and no query yet', 'pending', hinted('cancel', 1_000), 2_000, 'checking', 1_000],
    ['fail, and no query yet', 'pending', hinted('fail', 1_000), 2_000, 'checking', 1_000],
    [
      'cancel, and a NOTPAY from before it',
      'pending',
      { ...hinted('cancel', 2_000), ...notPaid(1_000, 1_999) },
      3_000,
      'checking',
      1_000,
    ],
    [
      'cancel, and a NOTPAY after it',
      'pending',
      { ...hinted('cancel', 2_000), ...notPaid(2_000, 2_000) },
      3_000,
      'unpaid',
      again,
    ],
    [
      'fail, and a NOTPAY after it',
      'pending',
      { ...hinted('fail', 2_000), ...notPaid(2_500, 2_500) },
      3_000,
      'unpaid',
      again,
    ],
    // After "ok" it is never unpaid: the money may be on its way.
    [
      'ok, and any number of NOTPAY',
      'pending',
      { ...hinted('ok', 1_000), ...notPaid(2_000, 29_000) },
      30_000,
      'checking',
      1_000,
    ],
    ['ok, thirty seconds ago', 'pending', hinted('ok', 1_000), 31_000, 'checking', 1_000],
    ['ok, longer ago: only 刷新 moves it', 'pending', hinted('ok', 1_000), 31_001, 'checking', null],
    // Without a word: two NOTPAY, far enough apart, after long enough.
    ['one NOTPAY, however late', 'pending', notPaid(60_000, 60_000), 61_000, 'checking', 1_000],
    ['two NOTPAY that are 2.999 s apart', 'pending', notPaid(8_000, 10_999), 11_000, 'checking', 1_000],
    ['two NOTPAY before ten seconds are over', 'pending', notPaid(1_000, 9_000), 9_999, 'checking', 1_000],
    ['two NOTPAY, 3 s apart, after ten seconds', 'pending', notPaid(7_000, 10_000), 10_000, 'unpaid', again],
  ])('of %s', (_what, state, known, nowMs, result, askAgainMs) => {
    const payments = known ? [{ ...launched, ...known }] : []
    expect(resultOf({ state }, payments, at(nowMs))).toEqual({ result, askAgainMs })
  })

  test.each<[string, Partial<Known>, string]>([
    ['nobody knows yet', {}, 'checking'],
    ['WeChat knew unpaid before the customer left it', notPaid(1_000, 1_999), 'checking'],
    ['WeChat knew unpaid when the customer had left it', notPaid(1_000, 2_000), 'unpaid'],
    ['ended', { state: 'closed' }, 'unpaid'],
  ])('of an attempt that came to nothing, after one of which %s', (_what, known, result) => {
    const older = { ...launched, state: 'closing', ...known } as const
    const turnedAway = { ...hinted('cancel', 3_000), ...notPaid(4_000, 4_000) }
    for (const came of [{ state: 'failed' } as const, { state: 'closed' } as const, turnedAway]) {
      const newest = { ...launched, created_at: at(2_000), ...came }
      expect(resultOf({ state: 'pending' }, [newest, older], at(5_000)).result).toBe(result)
    }
  })

  test('of an attempt that came to nothing does not wait for one that was never launched', () => {
    const older = { ...launched, launched_at: null }
    const newest = { ...launched, created_at: at(2_000), state: 'failed' } as const
    expect(resultOf({ state: 'pending' }, [newest, older], at(5_000)).result).toBe('unpaid')
  })

  test('shows 支付中 while an attempt is open, was launched, and nothing proves that the customer turned away', () => {
    const sums = { amount_fen: 100, reserved_fen: 0, refunded_fen: 0 }
    const paying = (known: Partial<Known>) => moneyOf([{ ...launched, ...sums, ...known }], at(3_000)).paying
    expect(paying({ launched_at: null })).toBe(false)
    expect(paying({})).toBe(true)
    expect(paying({ state: 'closing' })).toBe(true)
    expect(paying(hinted('cancel', 1_000))).toBe(true)
    expect(paying({ ...hinted('cancel', 1_000), ...notPaid(2_000, 2_000) })).toBe(false)
    for (const state of ['paid', 'closed', 'failed'] as const) expect(paying({ state })).toBe(false)
  })
})

describe('the ladder of queries', () => {
  const payment = { from: start, expiresAt: at(30 * minuteMs) }
  const climb = (expiresAt: Date) => {
    const rungs: number[] = []
    const last = expiresAt.getTime() + limits.expiryGraceMs
    for (let now = start; now.getTime() < last;) {
      now = nextCheckAt({ from: start, expiresAt }, now)
      rungs.push((now.getTime() - start.getTime()) / secondMs)
    }
    return rungs
  }

  test('asks as WeChat advises, and last a minute after expiry', () => {
    expect(climb(at(30 * minuteMs))).toEqual([5, 30, 60, 180, 300, 600, 1_800, 1_860])
  })

  test('goes on every ten minutes for a payment that lives longer', () => {
    expect(climb(at(60 * minuteMs)).slice(-5)).toEqual([1_800, 2_400, 3_000, 3_600, 3_660])
  })

  test('is short for a payment that soon expires, and due at once when that is past', () => {
    expect(climb(at(20 * secondMs))).toEqual([5, 30, 60, 80])
    const last = payment.expiresAt.getTime() + limits.expiryGraceMs
    expect(nextCheckAt(payment, new Date(last - 1))).toEqual(new Date(last))
    expect(nextCheckAt(payment, new Date(last + minuteMs))).toEqual(new Date(last))
  })

  test('never looks back: the next look is always later than now', () => {
    for (let ms = 0; ms < 31 * minuteMs; ms += 777)
      expect(nextCheckAt(payment, at(ms)).getTime()).toBeGreaterThan(at(ms).getTime())
  })
})
