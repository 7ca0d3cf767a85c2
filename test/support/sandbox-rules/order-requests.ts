import { sealed } from './refund-requests.ts'
import type { Stage } from './rule.ts'

/** Who alone may pay, encrypted under the platform certificate, with changes. */
export const identity = (stage: Stage, changes: object = {}): Record<string, unknown> => ({
  type: 'IDCARD',
  number: sealed(stage, '44030019000101123X'),
  name: sealed(stage, '小林'),
  ...changes,
})
