import type { Join, Joins } from '../../contract/session.ts'
import { limits } from '../config/limits.ts'
import { KindError } from '../shared/errors.ts'
import { hashSecret, newBindCode, readBindCode } from '../shared/id.ts'
import { isOnePerson, lockAccount, mergeAccounts, type JoinRefusal } from '../store/accounts.ts'
import { transact, type Database } from '../store/database.ts'
import {
  askedOffersOf,
  askOffer,
  findOffer,
  putOffer,
  refuseOffer,
  withdrawAsks,
  type AskedOffer,
} from '../store/join-offers.ts'
import { shortenBrowserSessions } from '../store/sessions.ts'
import type { SessionRow } from '../store/tables.ts'
import { displayNameOf } from './display-name.ts'
import { isJoinedBrowser } from './joined-browser.ts'
import type { IdentityDeps } from './identity-deps.ts'

type JoinDeps = Pick<IdentityDeps, 'db' | 'clock' | 'entries'>

/**
 * Shows a code to be typed in at another entry, where the same person is another account. One code an account is good: a
 * new one ends the one before. Throws NotAllowed `joined-browser`.
 */
export async function showBindCode(
  deps: JoinDeps,
  session: SessionRow,
): Promise<{ code: string; expiresAt: Date }> {
  await refuseJoinedBrowser(deps.db, session)
  const at = deps.clock.now()
  const expiresAt = new Date(at.getTime() + limits.bindCodeLifetimeMs)
  const code = newBindCode()
  await putOffer(deps.db, { accountId: session.account_id, codeHash: hashSecret(code), at, expiresAt })
  return { code, expiresAt }
}

/**
 * Asks the account that shows this code to become one with it. Nothing is joined until that account confirms. Throws
 * InvalidInput for a wrong, old or used code, or one's own; Conflict `two-people`; NotAllowed `joined-browser`.
 */
export async function askToJoin(deps: JoinDeps, session: SessionRow, typed: string): Promise<Join> {
  await refuseJoinedBrowser(deps.db, session)
  const code = readBindCode(typed)
  const at = deps.clock.now()
  const offer = code === null ? undefined : await findOffer(deps.db, hashSecret(code), at)
  if (!offer) throw wrongCode()
  const by = session.account_id
  if (offer.account_id === by)
    throw new KindError('InvalidInput', '这是当前账号自己的绑定码，请在另一端输入。', {
      code: 'bind-code-own',
    })
  const expiresAt = new Date(at.getTime() + limits.joinLifetimeMs)
  return transact(deps.db, async (writer) => {
    // Serializes the requests of one account: it may have asked only one (`asked_by` is unique).
    await lockAccount(writer, by)
    if (!(await isOnePerson(writer, [by, offer.account_id]))) throw refusalOf('two-people')
    await withdrawAsks(writer, by)
    const asked = { codeHash: offer.code_hash, by, atEntry: session.entry_code, at, expiresAt }
    const spent = await askOffer(writer, asked)
    if (!spent) throw wrongCode()
    return toJoin(deps, spent as AskedOffer)
  })
}

/** What this account is asked, and what it has asked. */
export async function readJoins(deps: JoinDeps, session: SessionRow): Promise<Joins> {
  const { account_id: accountId } = session
  const offers = await askedOffersOf(deps.db, accountId, deps.clock.now())
  const find = (is: (offer: AskedOffer) => boolean) => {
    const offer = offers.find(is)
    return offer ? toJoin(deps, offer) : null
  }
  return {
    toConfirm: find((offer) => offer.account_id === accountId && offer.refused_at === null),
    asked: find((offer) => offer.asked_by === accountId),
  }
}

/** Joins the account that asked to this one. Throws NotFound when that is over, Conflict `two-people`, NotAllowed. */
export async function confirmJoin(deps: JoinDeps, session: SessionRow, joinId: string): Promise<void> {
  await refuseJoinedBrowser(deps.db, session)
  const { account_id: accountId } = session
  const at = deps.clock.now()
  await transact(deps.db, async (writer) => {
    const offers = await askedOffersOf(writer, accountId, at)
    const offer = offers.find((one) => one.account_id === accountId && one.join_id === joinId)
    if (!offer || offer.refused_at !== null) throw joinIsOver()
    const refusal = await mergeAccounts(writer, offer.asked_by, accountId, { by: 'bind-code', at })
    if (refusal) throw refusalOf(refusal)
    const browsersEndAt = new Date(at.getTime() + limits.joinedBrowserLifetimeMs)
    await shortenBrowserSessions(writer, accountId, browsersEndAt)
  })
}

/** Says no. Throws NotFound when it is over already. */
export async function refuseJoin(deps: JoinDeps, session: SessionRow, joinId: string): Promise<void> {
  if (!(await refuseOffer(deps.db, session.account_id, joinId, deps.clock.now()))) throw joinIsOver()
}

/** Throws NotAllowed `joined-browser` for a session that may not act for its account. */
async function refuseJoinedBrowser(db: Database, session: SessionRow): Promise<void> {
  if (await isJoinedBrowser(db, session))
    throw new KindError('NotAllowed', '这个浏览器已经与微信账号合并，请在那个微信里操作。', {
      code: 'joined-browser',
    })
}

const toJoin = ({ entries }: Pick<JoinDeps, 'entries'>, offer: AskedOffer): Join => ({
  id: offer.join_id,
  state: offer.refused_at === null ? 'waiting' : 'refused',
  displayName: displayNameOf(offer.asked_by),
  entry: { code: offer.asked_at_entry, kind: entries.get(offer.asked_at_entry)?.kind ?? 'pc-browser' },
  askedAt: offer.asked_at.toISOString(),
  expiresAt: offer.expires_at.toISOString(),
})

const wrongCode = () =>
  new KindError('InvalidInput', '绑定码不对或已过期，请在另一端重新获取。', { code: 'bind-code-wrong' })

const joinIsOver = () =>
  new KindError('NotFound', '这次合并已经结束，请重新显示绑定码再试。', { code: 'join-over' })

const refusalOf = (refusal: JoinRefusal): KindError =>
  refusal === 'gone'
    ? joinIsOver()
    : new KindError('Conflict', '这是两个不同的微信账号，不能合并。一个账号只能有一个微信。', {
        code: 'two-people',
      })
