import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { newAccountId } from '../shared/id.ts'
import { retryWhenGone } from '../store/account-gone.ts'
import {
  accountOfUnion,
  claimUnion,
  findIdentity,
  insertAccount,
  isOnePerson,
  lockAccount,
  lockUnion,
  mergeAccounts,
  ownerOf,
  tieIdentity,
  type Owner,
} from '../store/accounts.ts'
import { transact, type Database, type Writer } from '../store/database.ts'
import type { WechatIdentity } from './wechat-login.ts'

/**
 * The account behind an openid; a new one for a stranger. A unionid joins the entries of one person, also when it arrives
 * late: the two accounts become one and no order is lost. It joins nothing that would leave an account with two openids of
 * one appid or with two unionids: those are two people. Virtual openids never join anything.
 */
export const findAccount = (
  deps: { db: Database; clock: Clock },
  appid: string,
  identity: WechatIdentity,
): Promise<Owner> => retryWhenGone(() => findOrMake(deps, appid, identity))

async function findOrMake(
  deps: { db: Database; clock: Clock },
  appid: string,
  identity: WechatIdentity,
): Promise<Owner> {
  const unionid = identity.isVirtual ? null : identity.unionid
  const known = await findIdentity(deps.db, appid, identity.openid)
  if (known && (unionid === null || known.unionid === unionid)) return ownerOf(known)
  return transact(deps.db, async (writer) => {
    const at = deps.clock.now()
    const union = unionid === null ? undefined : await lockedUnion(writer, unionid)
    const accountId = known?.account_id ?? (await accountFor(writer, { union, appid, unionid, at }))
    const tie = (as: string | null) =>
      tieIdentity(writer, { appid, openid: identity.openid, accountId, unionid: as, at })
    const tied = await tie(null)
    if (unionid === null || !(await joinUnion(writer, { unionid, union, tied, at }))) return tied
    return tie(unionid)
  })
}

/** The account that a unionid stands for. Others who sign in with it wait until this transaction ends. */
async function lockedUnion(db: Writer, unionid: string): Promise<string | undefined> {
  await lockUnion(db, unionid)
  return (await accountOfUnion(db, unionid))?.account_id
}

interface Stranger {
  union: string | undefined
  appid: string
  unionid: string | null
  at: Date
}

/** The account of the stranger's unionid, unless that has another openid of this appid; otherwise a new one. */
async function accountFor(db: Writer, { union, appid, unionid, at }: Stranger): Promise<string> {
  if (union !== undefined) {
    await lockAccount(db, union)
    if (await isOnePerson(db, [union], { appid, unionid })) return union
  }
  const id = newAccountId()
  await insertAccount(db, id, at)
  return id
}

/** Makes the account one with that of the unionid. False: they are two people, and stay two accounts. */
async function joinUnion(
  db: Writer,
  join: { unionid: string; union: string | undefined; tied: Owner; at: Date },
): Promise<boolean> {
  const { unionid, union, tied, at } = join
  if (union !== undefined && union !== tied.accountId) {
    const refusal = await mergeAccounts(db, tied.accountId, union, { by: 'unionid', at })
    if (refusal === 'gone') throw new KindError('Conflict', '登录正忙，请重试。')
    return refusal === null
  }
  if (!(await isOnePerson(db, [tied.accountId], { appid: null, unionid }))) return false
  await claimUnion(db, unionid, tied.accountId)
  return true
}
