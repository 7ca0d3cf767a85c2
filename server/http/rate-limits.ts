import { rateLimit } from 'express-rate-limit'
import type { RequestHandler } from 'express'
import { limits } from '../config/limits.ts'
import { KindError } from '../shared/errors.ts'

const minuteMs = 60_000

const tooMany: RequestHandler = (_req, _res, next) =>
  next(new KindError('TooMany', '操作太频繁，请一分钟后再试。'))

const perMinute = (limit: number) =>
  ({ windowMs: minuteMs, limit, standardHeaders: 'draft-8', legacyHeaders: false, handler: tooMany }) as const

/** Slows down whoever guesses numbers: only answers of 404 count. */
export const limitMisses = () =>
  rateLimit({
    ...perMinute(limits.missesPerMinute),
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => res.statusCode !== 404,
  })

export const limitSignIns = () => rateLimit(perMinute(limits.signInsPerMinute))

export const limitBindTries = () => rateLimit(perMinute(limits.bindTriesPerMinute))
