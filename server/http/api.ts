import { Router, json, type Request, type RequestHandler, type Response } from 'express'
import { z } from 'zod'
import type { EntryConfig } from '../config/load-config.ts'
import { readSession } from '../identity/sessions.ts'
import { isKind, KindError } from '../shared/errors.ts'
import { orderIdOf } from '../shared/id.ts'
import { isAccountGone } from '../store/account-gone.ts'
import type { SessionRow } from '../store/tables.ts'
import type { RouteLimits, Sender } from './rate-limits.ts'
import type { Caller, Route } from './route.ts'
import type { Services } from './services.ts'
import { readWebSession, type Browser } from './web-session.ts'

/** An order of twenty lines is under 2 kB. */
const bodyLimit = '16kb'

/**
 * Mounts routes below /api/:entry: JSON in, the session of that very entry, one operation, JSON out. What fails because the
 * session's account was joined to another meanwhile is done once more for the account that is left.
 */
export function apiRouter(services: Services, routes: Route[]): Router {
  const router = Router({ mergeParams: true })
  router.use(jsonBody)
  for (const route of routes) {
    router[route.method](route.path, async (req: Request, res: Response) => {
      const entry = entryOf(services, req)
      if (route.isPage) refuseEmbedded(req)
      const handleFor = (session: SessionRow | undefined) =>
        withinLimits(services, route.limits, { req, session }, () =>
          route.handle({
            services,
            entry,
            session,
            params: parse(route.params, req.params, ''),
            query: parse(route.query, req.query, ''),
            body: parse(route.body, req.body ?? {}, ''),
            req,
            res,
          }),
        )
      const session = await sessionOf({ services, entry, req, res }, route)
      const answer = await inTurn(services, req, session, () => handleFor(session)).catch(async (error) => {
        if (!session || !mayBeJoined(error)) throw error
        const now = await sessionOf({ services, entry, req, res }, route)
        if (now?.account_id === session.account_id) throw error
        return handleFor(now)
      })
      if (!res.headersSent) res.json(answer)
    })
  }
  return router
}

/** What a request meets whose account was joined to another: its rows are the other's, and it can write none. */
const mayBeJoined = (error: unknown) => isAccountGone(error) || isKind(error, 'NotFound')

/**
 * A request that may wait for a row takes turns with those about the same order, or by the same account. An account queues
 * for an order among its own requests first: knowing the number of another customer's order does not fill its queue.
 */
function inTurn<T>(
  { bulkhead }: Services,
  req: Request,
  session: SessionRow | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { orderId, paymentId } = req.params
  const order = orderId ?? (paymentId && orderIdOf(String(paymentId)))
  const account = session?.account_id
  if (req.method === 'GET' || !(order || account)) return work()
  if (!order) return bulkhead.through(String(account), work)
  return bulkhead.through(`${account} ${order}`, () => bulkhead.through(String(order), work))
}

async function withinLimits<T>(
  { limiter }: Services,
  limits: RouteLimits,
  sender: Sender,
  handle: () => Promise<T>,
): Promise<T> {
  await limiter.before(limits, sender)
  try {
    return await handle()
  } catch (failure) {
    throw await limiter.failed(limits, sender, failure)
  }
}

/**
 * Only a visit may begin or end a sign-in: an image or frame on another site would leave rows and use up the limits of
 * the visitor's whole network. Browsers say what they want it for, WeChat's older ones say nothing.
 * https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header
 */
function refuseEmbedded(req: Request): void {
  const destination = req.get('sec-fetch-dest')
  if (destination !== undefined && destination !== 'document')
    throw new KindError('NotAllowed', '请直接打开这个页面。')
}

/** A body of another type would be left unread, and with it whatever it asks for. */
const refuseOtherTypes: RequestHandler = (req, _res, next) => {
  const isEmpty = req.get('content-length') === '0'
  if (!isEmpty && req.is('application/json') === false)
    throw new KindError('InvalidInput', '请求内容须为 JSON（application/json）。')
  next()
}

/** JSON and nothing else, uncompressed and small. */
export const jsonBody: RequestHandler[] = [
  refuseOtherTypes,
  json({ limit: bodyLimit, inflate: false, type: 'application/json' }),
]

function entryOf(services: Services, req: Request): EntryConfig {
  const entry = services.entries.get(String(req.params.entry))
  if (!entry) throw new KindError('NotFound', '没有这个入口，请从公众号或小程序重新进入。')
  return entry
}

const bearer = /^Bearer ([A-Za-z0-9_-]{43})$/

async function sessionOf(
  browser: Browser,
  route: { caller: Caller; nativeOnly?: boolean },
): Promise<SessionRow | undefined> {
  if (route.caller === 'nobody') return undefined
  const { services, entry, req } = browser
  const native = bearer.exec(req.headers.authorization ?? '')?.[1]
  const session = native
    ? await readSession(services, native, entry, 'native')
    : route.nativeOnly
      ? undefined
      : await readWebSession(browser)
  if (!session) throw new KindError('NotSignedIn', '请先登录，再继续操作。')
  if (route.caller === 'person' && session.is_virtual)
    throw new KindError('NotAllowed', '当前是体验模式，请点击“使用完整服务”后再下单。', {
      code: 'virtual-account',
    })
  return session
}

/** For what a schema has no words of its own for. */
const inChinese = { error: z.locales.zhCN().localeError }

/** What a schema makes of it. Throws InvalidInput with every fault by its place. */
export function parse(schema: z.ZodType | undefined, value: unknown, at: string): unknown {
  if (!schema) return undefined
  const parsed = schema.safeParse(value, inChinese)
  if (parsed.success) return parsed.data
  throw new KindError('InvalidInput', '提交的内容有误，请检查后重试。', {
    errors: parsed.error.issues.map((issue) => ({
      path: [at, ...issue.path].filter((part) => part !== '').join('.'),
      message: issue.code === 'unrecognized_keys' ? `不接受 ${issue.keys.join('、')}` : issue.message,
    })),
  })
}
