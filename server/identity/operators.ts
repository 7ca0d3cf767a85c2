import { timingSafeEqual } from 'node:crypto'
import type { OperatorConfig } from '../config/load-config.ts'
import type { Allowance } from '../payments/allowance.ts'
import { KindError } from '../shared/errors.ts'
import { hashSecret } from '../shared/id.ts'

/** Somebody of the shop, as the running server knows them: the token itself is not kept. */
export interface Operator {
  name: string
  tokenHash: Buffer
}

/** What is kept of a configured operator. */
export const keepOperator = ({ name, token }: OperatorConfig): Operator => ({
  name,
  tokenHash: hashSecret(token),
})

/** What a configured operator may give away alone. */
export const allowanceOf = ({ refundLimitFen, refundDailyLimitFen }: OperatorConfig): Allowance => ({
  onceFen: refundLimitFen ?? null,
  dailyFen: refundDailyLimitFen ?? null,
})

/**
 * Whose token this is. Compares hashes in constant time and looks at every operator, so that the time it takes tells
 * nothing. Throws NotSignedIn.
 */
export function findOperator(operators: readonly Operator[], token: string): Operator {
  const hash = hashSecret(token)
  const [found] = operators.filter(({ tokenHash }) => timingSafeEqual(tokenHash, hash))
  if (!found) throw new KindError('NotSignedIn', '操作员令牌不正确，请核对后重试。')
  return found
}
