import type { ErrorRequestHandler, Request, Response } from 'express'
import type {} from 'pino-http'
import type { Problem } from '../../contract/problem.ts'
import { limits } from '../config/limits.ts'
import { ChannelRefused, ChannelUnknown, KindError, type ErrorKind } from '../shared/errors.ts'
import { isOutage } from '../store/outage.ts'
import { problemPage } from './problem-page.ts'

/** The one place where a kind becomes a status. */
const statuses: Record<ErrorKind, { status: number; title: string; slug: string }> = {
  InvalidInput: { status: 400, title: 'Invalid input', slug: 'invalid-input' },
  NotSignedIn: { status: 401, title: 'Not signed in', slug: 'not-signed-in' },
  NotAllowed: { status: 403, title: 'Not allowed', slug: 'not-allowed' },
  NotFound: { status: 404, title: 'Not found', slug: 'not-found' },
  Conflict: { status: 409, title: 'Conflict', slug: 'conflict' },
  TooMany: { status: 429, title: 'Too many requests', slug: 'too-many' },
  ChannelRefused: { status: 502, title: 'The payment channel refused', slug: 'channel-refused' },
  ChannelUnknown: { status: 504, title: 'The payment channel did not answer', slug: 'channel-unknown' },
  Unavailable: { status: 503, title: 'Service unavailable', slug: 'unavailable' },
}

const unexpectedKind = { status: 500, title: 'Unexpected error', slug: 'unexpected' }

/** Every status that a problem may have, and the word its type ends in. */
export const problemKinds = [...Object.values(statuses), unexpectedKind]

const unexpected = '系统开小差了，请稍后再试；如已付款，请放心，稍后会自动确认。'

/** Express's own refusals of a body it could not read; anything else of Express is ours. */
const bodyFaults: Record<string, string> = {
  'entity.parse.failed': '请求不是有效的 JSON。',
  'entity.too.large': '请求内容太大。',
  'encoding.unsupported': '请求的压缩方式不受支持。',
  'charset.unsupported': '请求须使用 UTF-8 编码。',
  'request.size.invalid': '请求长度不符。',
  'request.aborted': '请求中断，请重试。',
}

/** Turns whatever was thrown into problem+json. What is not of a known kind says nothing of itself. */
export const problemHandler: ErrorRequestHandler = (error: unknown, req, res, _next) => {
  if (res.headersSent) return void res.destroy()
  const known = error instanceof KindError ? error : (asOutage(error) ?? asBodyFault(error))
  if (known?.kind === 'Unavailable') req.log.warn({ err: error }, 'unavailable')
  else if (known === null) req.log.error({ err: error }, 'unexpected')
  else if (known instanceof ChannelUnknown) req.log.warn({ reason: known.reason }, 'channel unknown')
  else if (known instanceof ChannelRefused)
    req.log.warn({ channelCode: known.channelCode }, 'channel refused')
  sendProblem(req, res, known)
}

/** Answers a problem. `null` is an unexpected error: 500, and nothing of it is told. */
export function sendProblem(req: Request, res: Response, error: KindError | null): void {
  const { status, title, slug } = error ? statuses[error.kind] : unexpectedKind
  const problem: Problem = {
    type: `/problems/${slug}`,
    title,
    status,
    detail: error?.message ?? unexpected,
    requestId: String(req.id),
    ...(error?.code ? { code: error.code } : {}),
    ...(error?.orderId ? { orderId: error.orderId } : {}),
    ...(error?.closure ? { closure: error.closure } : {}),
    ...(error?.errors ? { errors: error.errors } : {}),
  }
  res.status(status)
  if (error?.retryAfterMs !== undefined)
    res.setHeader('Retry-After', Math.max(1, Math.ceil(error.retryAfterMs / 1_000)))
  if (isPageVisit(req)) return void res.type('html').send(problemPage(req, problem, error?.retryPath))
  res.type('application/problem+json').send(JSON.stringify(problem))
}

/** A browser that was sent here, e.g. back from WeChat's login, and not a script that asked. */
const isPageVisit = (req: Request) => req.method === 'GET' && req.accepts(['json', 'html']) === 'html'

/** PostgreSQL is out: the same request may succeed soon. A POST that a client repeats carries its idempotency key. */
const asOutage = (error: unknown): KindError | null =>
  isOutage(error)
    ? new KindError('Unavailable', '系统暂时繁忙，请稍后再试；如已付款，请放心，稍后会自动确认。', {
        retryAfterMs: limits.outageRetryMs,
        cause: error,
      })
    : null

function asBodyFault(error: unknown): KindError | null {
  const type = (error as { type?: unknown }).type
  const known = typeof type === 'string' ? bodyFaults[type] : undefined
  if (known) return new KindError('InvalidInput', known)
  return error instanceof URIError ? new KindError('NotFound', '没有找到这个页面。') : null
}
