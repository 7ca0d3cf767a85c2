import { ipKeyGenerator, MemoryStore, type Options } from 'express-rate-limit'
import type { RequestHandler } from 'express'
import { limits } from '../config/limits.ts'
import { KindError } from '../shared/errors.ts'

const minuteMs = 60_000

/**
 * Slows down whoever fails too often from one address: only answers with this status count, so that a whole company
 * behind one address may shop, and nobody there may guess.
 */
function limitFailures(status: number, perMinute: number): RequestHandler {
  const store = new MemoryStore()
  store.init({ windowMs: minuteMs } as Options)
  return async (req, res, next) => {
    const address = ipKeyGenerator(req.ip ?? '')
    const failures = await store.get(address)
    if (failures && failures.totalHits >= perMinute)
      throw new KindError('TooMany', '操作太频繁，请一分钟后再试。')
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

/** Nor are bind codes, which are only eight digits. */
export const limitBindTries = () => limitFailures(400, limits.bindTriesPerMinute)
