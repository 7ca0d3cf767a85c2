import { limits } from '../config/limits.ts'
import { KindError } from '../shared/errors.ts'
import { hashSecret, newBindCode } from '../shared/id.ts'
import { mergeAccounts } from '../store/accounts.ts'
import { transact } from '../store/database.ts'
import { findBindCode, insertBindCode, spendBindCode } from '../store/sessions.ts'
import type { IdentityDeps } from './identity-deps.ts'

/** A code to be typed in at another door, where the same person is somebody else to WeChat. */
export async function issueBindCode(
  deps: Pick<IdentityDeps, 'db' | 'clock'>,
  accountId: string,
): Promise<{ code: string; expiresAt: Date }> {
  const expiresAt = new Date(deps.clock.now().getTime() + limits.bindCodeLifetimeMs)
  for (;;) {
    const code = newBindCode()
    if (await insertBindCode(deps.db, { codeHash: hashSecret(code), accountId, expiresAt }))
      return { code, expiresAt }
  }
}

/**
 * Joins this account to the one that showed the code. Throws InvalidInput for a wrong, old or used code, or one's own,
 * which stays good for the other door.
 */
export async function redeemBindCode(
  deps: Pick<IdentityDeps, 'db' | 'clock'>,
  accountId: string,
  code: string,
): Promise<string> {
  const codeHash = hashSecret(code)
  const now = deps.clock.now()
  const shownBy = await findBindCode(deps.db, codeHash, now)
  if (shownBy?.account_id === accountId)
    throw new KindError('InvalidInput', '这是当前账号自己的绑定码，请在另一端输入。', {
      code: 'bind-code-own',
    })
  // Spent last: a code that joined nobody is still good, and two people who type in each other's never wait in a circle.
  await transact(deps.db, async (writer) => {
    const isJoined = shownBy && (await mergeAccounts(writer, accountId, shownBy.account_id))
    if (!isJoined || !(await spendBindCode(writer, codeHash, now)))
      throw new KindError('InvalidInput', '绑定码不对或已过期，请在另一端重新获取。', {
        code: 'bind-code-wrong',
      })
  })
  return shownBy!.account_id
}
