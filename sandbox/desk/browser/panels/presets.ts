import type { RuleView } from '../sandbox/views.ts'
import type { Sentence } from '../words/zh-cn.ts'

/** Weather that can be switched on with one tap. */
export interface Preset {
  name: Sentence
  hint: Sentence
  rule: Pick<RuleView, 'match' | 'effect'>
}

/** What goes wrong in real life, the most frequent first. */
export const presets: readonly Preset[] = [
  {
    name: 'weather.lose',
    hint: 'weather.lose-hint',
    rule: { match: { api: 'notify' }, effect: { lose: true } },
  },
  {
    name: 'weather.duplicate',
    hint: 'weather.duplicate-hint',
    rule: { match: { api: 'notify' }, effect: { duplicate: 4 } },
  },
  {
    name: 'weather.system-error',
    hint: 'weather.system-error-hint',
    rule: { match: { api: 'prepay' }, effect: { error: { status: 500, code: 'SYSTEM_ERROR' } } },
  },
  {
    name: 'weather.answer-lost',
    hint: 'weather.answer-lost-hint',
    rule: { match: { api: 'prepay' }, effect: { dropAfter: true } },
  },
  {
    name: 'weather.rate-limit',
    hint: 'weather.rate-limit-hint',
    rule: { match: { api: 'query' }, effect: { error: { status: 429, code: 'FREQUENCY_LIMITED' } } },
  },
  {
    name: 'weather.signtest',
    hint: 'weather.signtest-hint',
    rule: { match: { api: 'notify', times: 1 }, effect: { signtest: true } },
  },
  {
    name: 'weather.forged',
    hint: 'weather.forged-hint',
    rule: { match: { api: 'notify', times: 1 }, effect: { tamper: { id: 'forged' } } },
  },
  {
    name: 'weather.wrong-amount',
    hint: 'weather.wrong-amount-hint',
    rule: { match: { api: 'notify' }, effect: { alter: { 'amount.total': 1, 'amount.payer_total': 1 } } },
  },
  {
    name: 'weather.close-refused',
    hint: 'weather.close-refused-hint',
    rule: { match: { api: 'close' }, effect: { refuseEarlyClose: true } },
  },
  {
    name: 'weather.refund-abnormal',
    hint: 'weather.refund-abnormal-hint',
    rule: { match: { api: 'refund' }, effect: { refundEnd: 'ABNORMAL' } },
  },
]

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .map(([name, inner]) => [name, sorted(inner)] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      )
    : value

/** Whether two rules do the same, however they are written. */
export function isSameRule(a: Preset['rule'], b: Preset['rule']): boolean {
  const text = ({ match, effect }: Preset['rule']) => JSON.stringify(sorted({ match, effect }))
  return text(a) === text(b)
}
