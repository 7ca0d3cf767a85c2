import type { OperatorAccount } from '../../contract/account.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { historyOfAccount, movePartOut, noteSplit, partsOf } from '../store/account-parts.ts'
import { lockAccountExclusively } from '../store/accounts.ts'
import { transact, type Database } from '../store/database.ts'
import { findOrder } from '../store/orders.ts'
import { displayNameOf } from './display-name.ts'

/** The last characters of an openid: enough to tell two apart, of no use to anybody. */
const suffixLength = 4

/** The account of an order, with what was joined into it. Throws NotFound. */
export async function readAccountOfOrder(db: Database, orderId: string): Promise<OperatorAccount> {
  const order = await findOrder(db, orderId)
  if (!order) throw new KindError('NotFound', '没有这个订单，请核对订单号。')
  return readAccount(db, order.account_id)
}

/** An account as an operator sees it. */
export async function readAccount(db: Database, accountId: string): Promise<OperatorAccount> {
  const [parts, history] = [await partsOf(db, accountId), await historyOfAccount(db, accountId)]
  return {
    accountId,
    displayName: displayNameOf(accountId),
    parts: parts.map((part) => ({
      partId: part.part_id,
      displayName: displayNameOf(part.part_id),
      isOwn: part.part_id === accountId,
      identities: part.identities.map(({ appid, openid }) => ({
        appid,
        openidSuffix: openid.slice(-suffixLength),
      })),
      browserEntries: part.browser_entries,
      orderCount: part.order_count,
    })),
    history: history.map((row) => ({
      at: row.at.toISOString(),
      event: row.event,
      otherAccountId: row.other_id,
      by: row.changed_by,
      reason: row.reason,
      orderCount: row.order_count,
    })),
  }
}

/**
 * Undoes a join: a part becomes an account of its own again. Every order goes with the account that placed it; what was
 * placed before joins were recorded stays. Throws NotFound when the account has no such part.
 */
export async function splitAccount(
  deps: { db: Database; clock: Clock },
  split: { accountId: string; partId: string; reason: string; by: string },
): Promise<OperatorAccount> {
  const { accountId, partId } = split
  await transact(deps.db, async (writer) => {
    const at = deps.clock.now()
    await lockAccountExclusively(writer, accountId)
    const orderCount = await movePartOut(writer, accountId, partId, at)
    if (orderCount === undefined)
      throw new KindError('NotFound', '这个账号没有这一部分，请重新查看账号再试。')
    await noteSplit(writer, { ...split, at, orderCount })
  })
  return readAccount(deps.db, accountId)
}
