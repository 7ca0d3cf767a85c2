import { describe, expect, test } from 'vitest'
import type { RouterHistory } from 'vue-router'
import { layPagesBehindColdStart } from '../../h5/payment/order-history.ts'

describe('a web-view that was opened right at a page', () => {
  /** Records what is written into the history of a tab that stands at `location`. */
  function written(location: string, back: string | null): string[] {
    const steps: string[] = []
    const history = {
      location,
      state: { back },
      replace: (to: string) => void steps.push(`replace ${to}`),
      push: (to: string) => void steps.push(`push ${to}`),
    }
    layPagesBehindColdStart(history as unknown as RouterHistory)
    return steps
  }

  test('gets the list and the order behind a result', () => {
    expect(written('/orders/7KQ2M9X4T1B01/result', null)).toEqual([
      'replace /orders',
      'push /orders/7KQ2M9X4T1B01',
      'push /orders/7KQ2M9X4T1B01/result',
    ])
  })

  test('gets the list behind an order', () => {
    expect(written('/orders/7KQ2M9X4T1B01', null)).toEqual(['replace /orders', 'push /orders/7KQ2M9X4T1B01'])
  })

  test('is left alone when the customer walked there, or anywhere else', () => {
    expect(written('/orders/7KQ2M9X4T1B01/result', '/orders/7KQ2M9X4T1B01')).toEqual([])
    expect(written('/orders', null)).toEqual([])
    expect(written('/confirm?lines=tea:1', null)).toEqual([])
  })
})
