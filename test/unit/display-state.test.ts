import { describe, expect, test } from 'vitest'
import type { OrderDisplayState } from '../../contract/order.ts'
import { badgeText, orderDisplay, paymentDisplay, signOf, titleText, toneOf } from '../../h5/display-state.ts'
import { payScreen, statusOf } from '../../miniprogram/pages/pay/pay-screen.ts'
import { zh } from '../../miniprogram/words/zh.ts'
import {
  orderDisplayState,
  paymentDisplayState,
  receivedDisplayState,
} from '../../server/orders/display-state.ts'
import { moneyOf, type mayBePaying } from '../../server/payments/payment-result.ts'
import { toPayment } from '../../server/payments/payment-view.ts'
import type { PaymentRow } from '../../server/store/tables.ts'

const totalFen = 2_800
const start = new Date('2026-11-21T10:00:00.000Z')
const later = (ms: number) => new Date(start.getTime() + ms)

const attempt = {
  state: 'pending',
  kept: false,
  created_at: start,
  launched_at: start,
  expires_at: later(1_800_000),
  paid_at: null,
  hint: null,
  hint_at: null,
  unpaid_since: null,
  unpaid_at: null,
  amount_fen: totalFen,
  reserved_fen: 0,
  refunded_fen: 0,
} satisfies Partial<PaymentRow> & Parameters<typeof mayBePaying>[0]
type Attempt = Omit<typeof attempt, keyof Changes> & Changes
type Changes = Pick<
  PaymentRow,
  'state' | 'kept' | 'launched_at' | 'hint' | 'hint_at' | 'unpaid_since' | 'unpaid_at'
>

const turnedAway = { hint: 'cancel', hint_at: start, unpaid_since: later(1), unpaid_at: later(1) } as const
const attempts: [string, Partial<Attempt> | null, isPaying: boolean, badge: string][] = [
  ['none', null, false, ''],
  ['written here only', { state: 'created', launched_at: null }, false, '待支付'],
  ['registered, its cashier never opened', { launched_at: null }, false, '待支付'],
  ['with an open cashier', {}, true, '支付中'],
  ['that the cashier calls ok', { hint: 'ok', hint_at: start }, true, '支付中'],
  ['cancelled, not proven', { hint: 'cancel', hint_at: start }, true, '支付中'],
  ['proven unpaid', turnedAway, false, '待支付'],
  ['being closed, its cashier was open', { state: 'closing' }, true, '关闭中'],
  ['being closed, its cashier never opened', { state: 'closing', launched_at: null }, false, '关闭中'],
  ['closed', { state: 'closed' }, false, '已关闭'],
  ['refused', { state: 'failed' }, false, '未成功'],
]

/** Refunds of received money: Fen that are back, Fen on their way, and what is shown. */
const received = [
  [0, 0, 'paid'],
  [0, 800, 'part-refunding'],
  [0, totalFen, 'refunding'],
  [800, 0, 'part-refunded'],
  [800, 1_000, 'part-refunding'],
  [800, 2_000, 'refunding'],
  [totalFen, 0, 'refunded'],
] as const

/** A payment beside the one that pays the order: Fen that are back, Fen on their way. */
const surpluses = [
  ['none', null],
  ['that nobody has begun to refund', [0, 0]],
  ['on its way back', [0, totalFen]],
  ['partly back', [800, 0]],
  ['back', [totalFen, 0]],
] as const
type Surplus = (typeof surpluses)[number][1]
const isOwed = (surplus: Surplus) => surplus !== null && surplus[0] < totalFen

const shownOf = (
  state: 'pending' | 'paid' | 'closed',
  payments: (Partial<Attempt> | null)[],
  cancelAsked = false,
) => {
  const rows = payments.filter((one) => one !== null).map((one) => ({ ...attempt, ...one }))
  return orderDisplayState({ ...moneyOf(rows, later(2)), state, totalFen, cancelAsked })
}
const paid = (kept: boolean, [refundedFen, reservedFen]: readonly [number, number, ...unknown[]]) => ({
  state: 'paid' as const,
  kept,
  refunded_fen: refundedFen,
  reserved_fen: reservedFen,
})
const surplusPayment = (surplus: Surplus) => surplus && paid(false, surplus)

describe('an order is shown', () => {
  test.each<[OrderDisplayState, string, string, string, string]>([
    ['unpaid', '待支付', '未支付', 'open', 'mark'],
    ['paying', '支付中', '支付结果确认中', 'busy', 'clock'],
    ['paid', '已支付', '支付成功', 'good', 'tick'],
    ['part-refunding', '部分退款中', '已支付，部分退款中', 'busy', 'back'],
    ['part-refunded', '部分退款', '已支付，部分退款', 'over', 'back'],
    ['refunding', '退款中', '退款中', 'busy', 'back'],
    ['refunded', '已退款', '已退款', 'over', 'back'],
    ['cancelling', '正在取消', '正在取消订单', 'busy', 'clock'],
    ['cancelled', '已取消', '订单已取消', 'over', 'bar'],
    ['closed', '已关闭', '订单已关闭', 'over', 'bar'],
    ['closed-refunding', '已关闭，退款中', '订单已关闭', 'busy', 'bar'],
  ])('%s: badge %s, title %s, %s, %s', (state, badge, title, tone, sign) => {
    expect([badgeText(state), titleText(state), toneOf(state), signOf(state)]).toEqual([
      badge,
      title,
      tone,
      sign,
    ])
  })

  test.each(attempts)(
    'unpaid, with an attempt %s, whatever goes back beside it',
    (_what, known, isPaying) => {
      for (const [, surplus] of surpluses)
        expect(shownOf('pending', [known, surplusPayment(surplus)])).toBe(isPaying ? 'paying' : 'unpaid')
    },
  )

  test.each(received)('paid, with %i fen back and %i on their way, as %s', (back, onTheirWay, shown) => {
    for (const [, surplus] of surpluses)
      for (const [, known] of attempts)
        expect(shownOf('paid', [known, paid(true, [back, onTheirWay]), surplusPayment(surplus)])).toBe(shown)
  })

  test.each(surpluses)('closed, with late money %s', (_what, surplus) => {
    for (const [, known] of attempts)
      expect(shownOf('closed', [known, surplusPayment(surplus)])).toBe(
        isOwed(surplus) ? 'closed-refunding' : 'closed',
      )
  })

  test('being cancelled and cancelled by its buyer, unless money came', () => {
    for (const [, known] of attempts) {
      expect(shownOf('pending', [known], true)).toBe('cancelling')
      expect(shownOf('closed', [known], true)).toBe('cancelled')
      expect(shownOf('paid', [known, paid(true, [0, 0])], true)).toBe('paid')
      expect(shownOf('closed', [known, paid(false, [0, totalFen])], true)).toBe('closed-refunding')
    }
  })

  test('by its own state when the server names none, or one that is unknown', () => {
    const states = ['pending', 'paid', 'closed'] as const
    for (const displayState of [undefined, 'held'] as unknown as OrderDisplayState[])
      expect(states.map((state) => orderDisplay({ displayState, state }))).toEqual([
        'unpaid',
        'paid',
        'closed',
      ])
  })
})

const paymentOf = (known: Partial<Attempt>) =>
  toPayment({ ...({} as PaymentRow), ...attempt, ...known }, later(2))

describe('a payment is shown', () => {
  test.each(attempts.filter(([, known]) => known))('%s', (_what, known, _isPaying, badge) => {
    expect(badgeText(paymentDisplay(paymentOf(known ?? {})))).toBe(badge)
  })

  test.each(received)(
    'that pays its order, with %i fen back and %i on their way, as %s',
    (back, onTheirWay, shown) => {
      expect(paymentOf(paid(true, [back, onTheirWay])).displayState).toBe(shown)
    },
  )

  test.each(surpluses.filter(([, surplus]) => surplus))('that is surplus, %s', (_what, surplus) => {
    expect(paymentOf(paid(false, surplus ?? [0, 0])).displayState).toBe(
      isOwed(surplus) ? 'refunding' : 'refunded',
    )
  })

  test('by its own state when the server names none', () => {
    const { displayState: _none, ...payment } = paymentOf({ state: 'created' })
    expect(paymentDisplay(payment as typeof payment & { displayState: never })).toBe('unpaid')
  })

  test('in one colour a word, wherever the word stands', () => {
    const facts = { kept: false, amountFen: totalFen, refundedFen: 0, refundingFen: 0 }
    const open = (['created', 'pending'] as const).map((state) =>
      paymentDisplayState({ ...facts, state, paying: false }),
    )
    expect(open.map((state) => [badgeText(state), toneOf(state)])).toEqual([
      ['待支付', 'open'],
      ['待支付', 'open'],
    ])
  })

  test.each(received)(
    'on the native page, with %i fen back and %i on their way, as %s',
    (back, onTheirWay, shown) => {
      const payment = {
        ...paymentOf(paid(true, [back, onTheirWay])),
        description: '',
        way: 'mini-program',
        serverTime: '',
      } as const
      const sign = toneOf(shown) === 'busy' ? 'refunding' : 'refunded'
      expect(payScreen(statusOf(payment) ?? { state: 'idle' }, true, zh)).toMatchObject(
        shown === 'paid' ? { title: '已经支付', sign: 'paid' } : { title: titleText(shown), sign },
      )
    },
  )
})

test('more on its way than was received counts as all of it', () => {
  expect(receivedDisplayState({ receivedFen: 100, refundedFen: 60, refundingFen: 60 })).toBe('refunding')
})
