import type { Verdict } from '../inbox/verdict.ts'
import { t } from '../words/t.ts'

/** A trade's state as a person says it, beside WeChat's own word. */
export function stateOfTrade(tradeState: string): Verdict {
  switch (tradeState) {
    case 'SUCCESS':
      return { words: t('trade.paid'), tone: 'good' }
    case 'NOTPAY':
      return { words: t('trade.unpaid'), tone: 'open' }
    case 'REFUND':
      return { words: t('trade.refunded'), tone: 'open' }
    case 'CLOSED':
      return { words: t('trade.closed'), tone: 'idle' }
    default:
      return { words: tradeState, tone: 'idle' }
  }
}

/** A refund's state. */
export function stateOfRefund(status: string): Verdict {
  switch (status) {
    case 'SUCCESS':
      return { words: t('refund.done'), tone: 'good' }
    case 'PROCESSING':
      return { words: t('refund.under-way'), tone: 'open' }
    case 'ABNORMAL':
      return { words: t('refund.abnormal'), tone: 'bad' }
    case 'CLOSED':
      return { words: t('refund.closed'), tone: 'idle' }
    default:
      return { words: status, tone: 'idle' }
  }
}
