import { MemoryStore, rateLimit, type Options } from 'express-rate-limit'
import type { Request, RequestHandler } from 'express'
import { limits } from '../config/limits.ts'
import { KindError } from '../shared/errors.ts'
import { clientAddress } from './client-address.ts'

const minuteMs = 60_000

const tooMany = () => new KindError('TooMany', '操作太频繁，请一分钟后再试。')

const networkOf = (req: Request) => clientAddress(req).block

/**
 * Slows down whoever fails too often from one address: only answers with this status count, so that a whole company
 * behind one address may shop, and nobody there may guess.
 */
function limitFailures(status: number, perMinute: number): RequestHandler {
  const store = new MemoryStore()
  store.init({ windowMs: minuteMs } as Options)
  return async (req, res, next) => {
    const address = networkOf(req)
    const failures = await store.get(address)
    if (failures && failures.totalHits >= perMinute) throw tooMany()
    res.on('finish', () => {
      if (res.statusCode === status) void store.increment(address)
    })
    next()
  }
}

/** Order and payment numbers are not for guessing. */
export const limitMisses = () => limitFailures(404, limits.missesPerMinute)

/** Neither are codes and tickets. */
export const limitSignIns = () => limitFailures(401, limits.signInsPerMinute)

/** Least of all operators' tokens. */
export const limitOperatorTries = () => limitFailures(401, limits.operatorTriesPerMinute)

/** Where nobody signs in, every visit may leave an account: not without end. Browsers that keep their cookie do not count. */
export const limitBrowserSessions = () =>
  rateLimit({
    windowMs: minuteMs,
    keyGenerator: networkOf,
    limit: limits.browserSessionsPerMinute,
    standardHeaders: false,
    legacyHeaders: false,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => res.getHeader('set-cookie') === undefined,
    handler: (_req, _res, next) => next(tooMany()),
  })

/** Nor are bind codes: only eight digits, so a try counts before it is answered, or a burst would slip through. */
export const limitBindTries = () =>
  rateLimit({
    windowMs: minuteMs,
    keyGenerator: networkOf,
    limit: limits.bindTriesPerMinute,
    standardHeaders: false,
    legacyHeaders: false,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => res.statusCode !== 400,
    handler: (_req, _res, next) => next(tooMany()),
  })
