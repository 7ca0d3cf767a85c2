import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { yuan } from '../shared/fen.ts'
import { businessDay } from '../shared/id.ts'
import type { Database, Writer } from '../store/database.ts'
import { addToDay, givenOnDay } from '../store/operator-days.ts'

/** What an operator may give away alone, in fen: at a time, and in a business day (UTC+8). Null: without limit. */
export interface Allowance {
  onceFen: number | null
  dailyFen: number | null
}

/** Of every operator, by name. */
export type Allowances = ReadonlyMap<string, Allowance>

interface Gift {
  /** The operator's name. */
  by: string
  amountFen: number
}

interface AllowanceDeps {
  clock: Clock
  allowances: Allowances
}

/** Throws NotAllowed (over-limit) when an operator may not give this away alone. Counts nothing. */
export async function assertWithinAllowance(
  { allowances, clock }: AllowanceDeps,
  db: Database,
  { by, amountFen }: Gift,
): Promise<void> {
  const { onceFen, dailyFen } = allowanceOf(allowances, by)
  if (onceFen !== null && amountFen > onceFen)
    throw overLimit(`${yuan(amountFen)} 超过您单笔 ${yuan(onceFen)} 的上限。`)
  if (dailyFen === null) return
  const givenFen = await givenOnDay(db, { operator: by, day: businessDay(clock.now()) })
  if (givenFen + amountFen > dailyFen)
    throw overLimit(
      `您今天已用 ${yuan(givenFen)}，再加 ${yuan(amountFen)} 就超过每日 ${yuan(dailyFen)} 的上限。`,
    )
}

/**
 * Counts what an operator gives away, in the transaction that does so: a refund, or what an order becomes cheaper. Call it
 * after all locks: it holds the operator's day until the transaction ends. What was counted stays counted when the refund
 * comes to nothing. Throws as assertWithinAllowance does; nothing is counted then.
 */
export async function spendAllowance(deps: AllowanceDeps, writer: Writer, gift: Gift): Promise<void> {
  await assertWithinAllowance(deps, writer, gift)
  const { dailyFen } = allowanceOf(deps.allowances, gift.by)
  if (dailyFen === null) return
  const day = { operator: gift.by, day: businessDay(deps.clock.now()) }
  const isCounted = await addToDay(writer, { ...day, amountFen: gift.amountFen, limitFen: dailyFen })
  if (!isCounted) throw overLimit(`您今天的额度刚刚用完（每日 ${yuan(dailyFen)}）。`)
}

function allowanceOf(allowances: Allowances, by: string): Allowance {
  const allowance = allowances.get(by)
  if (!allowance) throw new Error('an operator without an entry in the allowances: they are not wired')
  return allowance
}

const overLimit = (which: string) =>
  new KindError(
    'NotAllowed',
    `${which}退款请提交审批（refund-approvals），其他操作请交给上限足够的操作员。`,
    {
      code: 'over-limit',
    },
  )
