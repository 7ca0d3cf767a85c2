import { describe, expect, test } from 'vitest'
import {
  deliveryMachine,
  type DeliveryEvent,
  type DeliveryState,
} from '../../server/deliveries/delivery-state.ts'
import {
  orderMachine,
  orderTransitions,
  type OrderEvent,
  type OrderState,
} from '../../server/orders/order-state.ts'
import {
  isOpen,
  paidEventOf,
  paymentMachine,
  paymentTransitions,
  type PaymentEvent,
  type PaymentState,
} from '../../server/payments/payment-state.ts'

type Row<State extends string, Event extends string> = Record<Event, State | null>

/** Written apart from the tables: what must be, not what is. null: refused. */
const payment: Record<PaymentState, Row<PaymentState, PaymentEvent>> = {
  created: {
    registered: 'pending',
    refused: 'failed',
    paid: 'paid',
    paidLate: null,
    closingStarted: 'closing',
    closedAtChannel: 'closed',
    neverRegistered: null,
    failedAtChannel: 'failed',
  },
  pending: {
    registered: null,
    refused: null,
    paid: 'paid',
    paidLate: null,
    closingStarted: 'closing',
    closedAtChannel: 'closed',
    neverRegistered: null,
    failedAtChannel: 'failed',
  },
  closing: {
    registered: null,
    refused: null,
    paid: 'paid',
    paidLate: null,
    closingStarted: null,
    closedAtChannel: 'closed',
    neverRegistered: 'closed',
    failedAtChannel: 'failed',
  },
  closed: {
    registered: null,
    refused: null,
    paid: null,
    paidLate: 'paid',
    closingStarted: null,
    closedAtChannel: null,
    neverRegistered: null,
    failedAtChannel: null,
  },
  failed: {
    registered: null,
    refused: null,
    paid: null,
    paidLate: 'paid',
    closingStarted: null,
    closedAtChannel: null,
    neverRegistered: null,
    failedAtChannel: null,
  },
  paid: {
    registered: null,
    refused: null,
    paid: null,
    paidLate: null,
    closingStarted: null,
    closedAtChannel: null,
    neverRegistered: null,
    failedAtChannel: null,
  },
}

const order: Record<OrderState, Row<OrderState, OrderEvent>> = {
  pending: {
    paid: 'paid',
    expired: 'closed',
    paidLate: null,
    repriced: 'pending',
    cancelAsked: 'pending',
    cancelled: 'closed',
  },
  closed: {
    paid: null,
    expired: null,
    paidLate: 'paid',
    repriced: null,
    cancelAsked: null,
    cancelled: null,
  },
  paid: { paid: null, expired: null, paidLate: null, repriced: null, cancelAsked: null, cancelled: null },
}

const pairs = <S extends string, E extends string>(table: Record<S, Row<S, E>>) =>
  (Object.keys(table) as S[]).flatMap((state) =>
    (Object.keys(table[state]) as E[]).map((event) => [state, event, table[state][event]] as const),
  )

describe('a payment', () => {
  test.each(pairs(payment))('that is %s, when it is %s, becomes %s', (state, event, next) => {
    expect(paymentMachine.next(state, event)).toBe(next)
  })

  test('knows no other state or event', () => {
    expect(Object.keys(paymentTransitions).toSorted()).toEqual(Object.keys(payment).toSorted())
    for (const strange of ['toString', '__proto__', 'constructor', 'reopened'])
      for (const state of Object.keys(payment) as PaymentState[])
        expect(paymentMachine.next(state, strange as PaymentEvent)).toBeNull()
  })

  test('that is paid stays so for ever, and only that one', () => {
    const states = Object.keys(payment) as PaymentState[]
    expect(states.filter(paymentMachine.isTerminal)).toEqual(['paid'])
  })

  test('takes money in every state but paid, by the one event that says whether it was awaited', () => {
    const states = Object.keys(payment) as PaymentState[]
    expect(states.map((state) => [state, paidEventOf(state)])).toEqual([
      ['created', 'paid'],
      ['pending', 'paid'],
      ['closing', 'paid'],
      ['closed', 'paidLate'],
      ['failed', 'paidLate'],
      ['paid', null],
    ])
  })

  test('is asked about while money may come by itself', () => {
    const states = Object.keys(payment) as PaymentState[]
    expect(states.filter(isOpen)).toEqual(['created', 'pending', 'closing'])
  })
})

const delivery: Record<DeliveryState, Row<DeliveryState, DeliveryEvent>> = {
  pending: { delivered: 'delivered', postponed: 'pending', failed: 'failed', replayed: 'pending' },
  delivered: { delivered: null, postponed: null, failed: null, replayed: 'pending' },
  failed: { delivered: null, postponed: null, failed: null, replayed: 'pending' },
}

describe('a delivery', () => {
  test.each(pairs(delivery))('that is %s, when it is %s, becomes %s', (state, event, next) => {
    expect(deliveryMachine.next(state, event)).toBe(next)
  })
})

describe('an order', () => {
  test.each(pairs(order))('that is %s, when it is %s, becomes %s', (state, event, next) => {
    expect(orderMachine.next(state, event)).toBe(next)
  })

  test('knows no other state', () => {
    expect(Object.keys(orderTransitions).toSorted()).toEqual(Object.keys(order).toSorted())
    expect((Object.keys(order) as OrderState[]).filter(orderMachine.isTerminal)).toEqual(['paid'])
  })
})
