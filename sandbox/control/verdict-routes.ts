import type { Request, Router } from 'express'
import { readBillDay } from '../gateway/bill-day.ts'
import type { BillDay } from '../gateway/bill-day.ts'
import { Refused } from '../gateway/refusal.ts'
import type { World } from '../world/world.ts'
import { refuse } from './respond.ts'
import { billTruth } from './verdict/bill-truth.ts'
import { readBooks, UnreadableBooks } from './verdict/books.ts'
import { compare } from './verdict/compare.ts'
import type { Difference } from './verdict/difference.ts'
import { ownAuthorization } from './verdict/own-server.ts'
import type { OwnServer } from './verdict/own-server.ts'
import { serverAddress } from './verdict/server-address.ts'
import { ledgerTruth } from './verdict/truth.ts'

/** The answer lists so many; the counts count all. */
const DIFFERENCES_SHOWN = 1_000

/** What decides whose books may be read, and with whose token. */
export interface VerdictReach {
  /** Only this machine reaches the sandbox. */
  isLoopback: boolean
  ownServer: OwnServer | undefined
}

/**
 * GET /_sandbox/verdict?server=URL: the sandbox's ledger against that server's GET /api/books, with the caller's own
 * Authorization, or without one with the own server's token. With &bill=YYYY-MM-DD that day is as the trade bill tells
 * it. 502: the books cannot be read.
 * GET /_sandbox/own-server: which server's books need no token of the caller; the token itself is never answered.
 */
export function addVerdictRoutes(
  router: Router,
  world: World,
  { isLoopback, ownServer }: VerdictReach,
): void {
  router.get('/own-server', (_req, res) => {
    const hasToken =
      ownServer !== undefined && ownAuthorization(ownServer, new URL(ownServer.origin)) !== undefined
    res.json({ server: hasToken ? ownServer.origin : null })
  })
  router.get('/verdict', async (req, res) => {
    const server = serverAddress(req.query['server'], { localNotify: world.localNotify, isLoopback })
    if (typeof server === 'string') return refuse(res, 400, server, 'server-address')
    const day = readDay(world, req.query['bill'])
    if (typeof day === 'string') return refuse(res, 400, `bill: ${day}`)
    const mchids = [...world.merchants.byMchid.keys()]
    const { truth, differences: inBill } =
      day === null ? { truth: ledgerTruth(world), differences: [] } : billTruth(world, mchids, day)
    try {
      const nowMs = world.clock.nowMs()
      const isNotified = ({ notifyUrl }: { notifyUrl: string }) => URL.parse(notifyUrl)?.host === server.host
      const own = isFromHere(req) ? ownAuthorization(ownServer, server) : undefined
      const lines = readBooks(server.href, req.get('authorization') ?? own)
      const found = await compare(truth, lines, { nowMs, isNotified })
      const differences = [...inBill, ...found.differences]
      res.json({
        clean: differences.length === 0,
        source: day === null ? 'ledger' : 'bill',
        differences: differences.slice(0, DIFFERENCES_SHOWN),
        counts: { lines: found.lines, paidTrades: found.trades, ...countOf(differences) },
      })
    } catch (error) {
      if (!(error instanceof UnreadableBooks)) throw error
      refuse(res, 502, error.message, error.code)
    }
  })
}

/**
 * A program, or a page of the sandbox itself. A page of another site can cause a GET without Origin, for instance by an
 * image: it cannot read the answer, and must not make the sandbox use its token either.
 */
const isFromHere = (req: Request): boolean => {
  const site = req.get('sec-fetch-site')
  return site === undefined || site === 'same-origin'
}

/** Null: no bill is asked for. A sentence: WeChat would not give one. */
function readDay(world: World, given: unknown): BillDay | string | null {
  if (given === undefined) return null
  try {
    return readBillDay(String(given), world.clock.nowMs())
  } catch (error) {
    if (error instanceof Refused) return `${error.code} ${error.message}`
    throw error
  }
}

/** How many of each kind. */
function countOf(differences: readonly Difference[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of differences) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}
