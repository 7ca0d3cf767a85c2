import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { newAccountId } from '../shared/id.ts'
import { retryWhenGone } from '../store/account-gone.ts'
import {
  accountOfUnion,
  claimUnion,
  findIdentity,
  insertAccount,
  lockUnion,
  mergeAccounts,
  tieIdentity,
} from '../store/accounts.ts'
import { transact, type Database, type Writer } from '../store/database.ts'
import type { WechatIdentity } from './wechat-login.ts'

/**
 * The account behind an openid; a new one for a stranger. A unionid joins the doors of one person, also when it arrives
 * late: the two accounts become one and no order is lost. Virtual openids never join anything.
 */
export const findAccount = (
  deps: { db: Database; clock: Clock },
  appid: string,
  identity: WechatIdentity,
): Promise<string> => retryWhenGone(() => findOrMake(deps, appid, identity))

async function findOrMake(
  deps: { db: Database; clock: Clock },
  appid: string,
  identity: WechatIdentity,
): Promise<string> {
  const unionid = identity.isVirtual ? null : identity.unionid
  const known = await findIdentity(deps.db, appid, identity.openid)
  if (known && (unionid === null || known.unionid === unionid)) return known.account_id
  return transact(deps.db, async (writer) => {
    if (unionid !== null) await lockUnion(writer, unionid)
    const at = deps.clock.now()
    const accountId = known?.account_id ?? (await accountFor(writer, unionid, at))
    const tied = await tieIdentity(writer, { appid, openid: identity.openid, accountId, unionid, at })
    if (unionid === null) return tied
    const joined = await claimUnion(writer, unionid, tied)
    if (joined !== tied && !(await mergeAccounts(writer, tied, joined)))
      throw new KindError('Conflict', '登录正忙，请重试。')
    return joined
  })
}

async function accountFor(db: Writer, unionid: string | null, at: Date): Promise<string> {
  const joined = unionid === null ? undefined : await accountOfUnion(db, unionid)
  if (joined) return joined.account_id
  const id = newAccountId()
  await insertAccount(db, id, at)
  return id
}
