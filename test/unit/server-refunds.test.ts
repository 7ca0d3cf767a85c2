import { describe, expect, test } from 'vitest'
import { provenEvent } from '../../server/channels/wechatpay/notification.ts'
import type { ChannelRefund } from '../../server/payments/payment-channel.ts'
import { anomalyMachine, anomalyTransitions } from '../../server/refunds/anomaly-state.ts'
import { refundDifferences } from '../../server/refunds/match-refund.ts'
import { nextRefundCheckAt } from '../../server/refunds/refund-ladder.ts'
import {
  isReserved,
  refundMachine,
  refundTransitions,
  type RefundEvent,
  type RefundState,
} from '../../server/refunds/refund-state.ts'
import { requestMachine, requestTransitions } from '../../server/refunds/request-state.ts'
import { orderIdOf, refundNumber } from '../../server/shared/id.ts'
import type { PaymentRow } from '../../server/store/tables.ts'

/** Written apart from the table: what must be, not what is. What is not listed must be refused. */
const allowed: Record<RefundState, Partial<Record<RefundEvent, RefundState>>> = {
  created: { submitted: 'submitted' },
  submitted: {
    accepted: 'processing',
    succeeded: 'succeeded',
    closed: 'closed',
    failed: 'abnormal',
    refused: 'refused',
  },
  processing: { succeeded: 'succeeded', closed: 'closed', failed: 'abnormal' },
  abnormal: { redirected: 'processing', succeeded: 'succeeded', closed: 'closed' },
  succeeded: {},
  closed: { provenSuccess: 'succeeded' },
  refused: { provenAccepted: 'processing', provenSuccess: 'succeeded', provenFailure: 'abnormal' },
}
const states = Object.keys(allowed) as RefundState[]
const events: RefundEvent[] = [
  'submitted',
  'accepted',
  'succeeded',
  'closed',
  'failed',
  'refused',
  'redirected',
  'provenAccepted',
  'provenSuccess',
  'provenFailure',
]

describe('a refund', () => {
  test.each(
    states.flatMap((state) => events.map((event) => [state, event, allowed[state][event] ?? null] as const)),
  )('that is %s, when it is %s, becomes %s', (state, event, next) => {
    expect(refundMachine.next(state, event)).toBe(next)
  })

  test('knows no other state or event', () => {
    expect(Object.keys(refundTransitions).toSorted()).toEqual(states.toSorted())
    for (const strange of ['toString', '__proto__', 'reopened'])
      for (const state of states) expect(refundMachine.next(state, strange as RefundEvent)).toBeNull()
  })

  test('holds its money until it is over, also while a card has not taken it', () => {
    expect(states.filter(isReserved)).toEqual(['created', 'submitted', 'processing', 'abnormal'])
  })

  test('has a number of kind 2 that no payment has', () => {
    const parts = { entryCode: '02', goodsType: '01', orderId: '0123456789ABC', attempt: 33 }
    const number = refundNumber(parts, new Date('2026-11-21T10:30:05.999Z'))
    expect(number).toBe('022012611211830050123456789ABC11')
    expect(orderIdOf(number)).toBeNull()
  })
})

test('an anomaly and a request end once, and stay as they ended', () => {
  expect(
    Object.keys(anomalyTransitions).filter((state) => !anomalyMachine.isTerminal(state as 'open')),
  ).toEqual(['open'])
  expect(
    Object.keys(requestTransitions).filter((state) => !requestMachine.isTerminal(state as 'open')),
  ).toEqual(['open'])
})

test.each([
  [0, 5],
  [5, 30],
  [29, 30],
  [60, 180],
  [1_799, 1_800],
  [1_800, 1_800 + 3_600],
  [100_000, 103_600],
])('%d s after a refund was sent, the next look is at %d s', (nowS, nextS) => {
  const at = (seconds: number) => new Date(1_000_000 + seconds * 1_000)
  expect(nextRefundCheckAt(at(0), at(nowS))).toEqual(at(nextS))
})

const notice = {
  mchid: '1900000001',
  out_trade_no: 'T',
  transaction_id: '42',
  out_refund_no: 'R',
  refund_id: '50',
  refund_status: 'SUCCESS',
  success_time: '2026-11-21T18:10:34+08:00',
  user_received_account: '支付用户零钱',
  amount: { total: 2800, refund: 100, payer_total: 2800, payer_refund: 100 },
}

describe('the notification of a refund', () => {
  test('is put into our words', () => {
    expect(provenEvent('REFUND.SUCCESS', notice)).toEqual({
      trade: null,
      refund: {
        outcome: 'succeeded',
        outRefundNo: 'R',
        outTradeNo: 'T',
        mchid: '1900000001',
        subMchid: null,
        refundId: '50',
        transactionId: '42',
        amountFen: 100,
        totalFen: 2800,
        succeededAt: new Date('2026-11-21T10:10:34Z'),
        receivedAccount: '支付用户零钱',
      },
    })
    const partner = { ...notice, mchid: undefined, sp_mchid: '1900000003', sub_mchid: '1900000013' }
    expect(provenEvent('REFUND.SUCCESS', partner).refund).toMatchObject({
      mchid: '1900000003',
      subMchid: '1900000013',
    })
  })

  test.each([
    ['whose event says something else', 'REFUND.CLOSED', {}],
    ['that is a payment’s', 'TRANSACTION.SUCCESS', {}],
    ['under way', 'REFUND.PROCESSING', { refund_status: 'PROCESSING' }],
    ['of nothing', 'REFUND.SUCCESS', { amount: { total: 2800, refund: 0 } }],
    ['without a number', 'REFUND.SUCCESS', { out_refund_no: undefined }],
    ['of nobody', 'REFUND.SUCCESS', { mchid: undefined }],
  ])('%s proves nothing', (_what, event, change) => {
    expect(provenEvent(event, { ...notice, ...change })).toEqual({ trade: null, refund: null })
  })
})

describe('a verified refund', () => {
  const payment = {
    out_trade_no: 'T',
    mchid: '1900000001',
    sub_mchid: null,
    transaction_id: '42',
    amount_fen: 2800,
  } as PaymentRow
  const ours = { out_trade_no: 'T', amount_fen: 100 }
  const found = provenEvent('REFUND.SUCCESS', notice).refund as ChannelRefund

  test('that is ours differs in nothing', () => {
    expect(refundDifferences(payment, ours, found)).toEqual([])
    expect(refundDifferences(payment, undefined, { ...found, amountFen: 7 })).toEqual([])
  })

  test.each([
    ['outTradeNo', 'X'],
    ['mchid', '1900000002'],
    ['subMchid', '1900000013'],
    ['transactionId', '43'],
    ['totalFen', 2799],
    ['amountFen', 101],
    ['succeededAt', null],
  ])('is not ours when %s differs', (field, value) => {
    expect(refundDifferences(payment, ours, { ...found, [field]: value })).toEqual([field])
  })
})
