import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { claimChore, noteChore } from '../store/chores.ts'
import { transact, type Database } from '../store/database.ts'
import {
  forgetDeliveries,
  forgetExpiredAddressPicks,
  forgetExpiredBindCodes,
  forgetExpiredJoinOffers,
  forgetExpiredOauthStates,
  forgetExpiredSessions,
  forgetExpiredTickets,
  forgetIdleBrowsers,
  forgetNotifications,
  forgetOrderRequests,
  forgetRateCounters,
  type Prune,
} from '../store/prune.ts'
import { forgetUnlaunchedOrders } from '../store/prune-orders.ts'
import { startRounds, type Rounds } from './rounds.ts'

interface CleanUpDeps {
  db: Database
  clock: Clock
  log: Logger
}

/** One kind of rows that are deleted when they are old enough. */
export interface Chore {
  /** Its row in the table `chores`. */
  name: string
  prune: Prune
  /** Rows older than this go. Business time, or the machine's where `isMachineTime`. */
  keptMs: number
  isMachineTime?: true
  everyMs: number
}

const hourMs = 60 * 60_000

const chores: readonly Chore[] = [
  { name: 'expired-sessions', prune: forgetExpiredSessions, keptMs: 0, everyMs: hourMs },
  { name: 'expired-tickets', prune: forgetExpiredTickets, keptMs: 0, everyMs: hourMs },
  { name: 'expired-oauth-states', prune: forgetExpiredOauthStates, keptMs: 0, everyMs: hourMs },
  { name: 'expired-bind-codes', prune: forgetExpiredBindCodes, keptMs: 0, everyMs: hourMs },
  { name: 'expired-join-offers', prune: forgetExpiredJoinOffers, keptMs: 0, everyMs: hourMs },
  { name: 'expired-address-picks', prune: forgetExpiredAddressPicks, keptMs: 0, everyMs: hourMs },
  // Walks through the sessions of all browsers, those of customers too: once a day is often enough.
  { name: 'idle-browsers', prune: forgetIdleBrowsers, keptMs: limits.idleBrowserMs, everyMs: 24 * hourMs },
  {
    name: 'notifications',
    prune: forgetNotifications,
    keptMs: limits.notificationKeptMs,
    isMachineTime: true,
    everyMs: hourMs,
  },
  { name: 'order-requests', prune: forgetOrderRequests, keptMs: limits.orderRequestKeptMs, everyMs: hourMs },
  // Walks through all closed orders, those that stay too: once a day is often enough.
  {
    name: 'unlaunched-orders',
    prune: forgetUnlaunchedOrders,
    keptMs: limits.unlaunchedOrderKeptMs,
    everyMs: 24 * hourMs,
  },
  { name: 'rate-counters', prune: forgetRateCounters, keptMs: 0, everyMs: hourMs },
  { name: 'deliveries', prune: forgetDeliveries, keptMs: limits.deliveryKeptMs, everyMs: hourMs },
]

/**
 * Deletes what is past and what was kept for long enough, apart from the sweep. One server at a time does a chore, in
 * small transactions with pauses between them; what is left after a turn is due again a minute later.
 */
export const startCleaningUp = (deps: CleanUpDeps): Rounds => {
  let isStopping = false
  const rounds = startRounds(
    async () => {
      for (const chore of chores) if (!isStopping) await takeTurn(deps, chore, () => isStopping)
      return false
    },
    { log: deps.log, everyMs: limits.cleanUpEveryMs },
  )
  return {
    stop: () => {
      isStopping = true
      return rounds.stop()
    },
  }
}

/** One turn of a chore, when it is due and no other server does it. One that fails does not keep the others waiting. */
export async function takeTurn(deps: CleanUpDeps, chore: Chore, isStopping = () => false): Promise<void> {
  try {
    const claimed = await claimChore(deps.db, chore.name, limits.choreLeaseMs)
    if (!claimed) return
    const { isMoreLeft, place } = await pruneForAWhile(deps, chore, claimed.place, isStopping)
    const afterMs = isMoreLeft ? limits.cleanUpEveryMs : chore.everyMs
    await noteChore(deps.db, chore.name, { afterMs, place })
  } catch (error) {
    deps.log.error({ err: error, chore: chore.name }, 'clean-up failed, tried again after its lease')
  }
}

/** Batches with rests as long as themselves, so that the database's other half of the time belongs to customers. */
async function pruneForAWhile(
  { db, clock }: CleanUpDeps,
  { prune, keptMs, isMachineTime }: Chore,
  place: string | null,
  isStopping: () => boolean,
): ReturnType<Prune> {
  const now = isMachineTime ? Date.now() : clock.now().getTime()
  const before = new Date(now - keptMs)
  const startedAt = performance.now()
  for (;;) {
    const batchAt = performance.now()
    const from = place
    const batch = await transact(db, async (writer) => {
      await sql`set local statement_timeout = ${sql.lit(limits.cleanUpStatementMs)}`.execute(writer)
      return prune(writer, before, from)
    })
    place = batch.place
    const isOver = performance.now() - startedAt > limits.choreTurnMs || isStopping()
    if (!batch.isMoreLeft || isOver) return batch
    await pause(performance.now() - batchAt)
  }
}
