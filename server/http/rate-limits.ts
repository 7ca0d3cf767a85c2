import type { Request } from 'express'
import { limits } from '../config/limits.ts'
import { isKind, KindError, type ErrorKind } from '../shared/errors.ts'
import type { Database } from '../store/database.ts'
import { countAttempt } from '../store/rate-counters.ts'
import type { SessionRow } from '../store/tables.ts'
import { clientAddress } from './client-address.ts'
import { preSessionOf } from './cookies.ts'

/** Who sends a request, as far as it is known before the route answers. */
export interface Sender {
  req: Request
  session: SessionRow | undefined
}

/** Finds whom a limit counts; undefined when it does not apply to this request. */
type SubjectOf = (sender: Sender) => string | undefined

interface CountingLimit {
  /** Counters of one name are shared by all routes and servers that use it. */
  name: string
  by: SubjectOf
  windowMs: number
  /** Of requests or failures in a window. */
  limit: number
}

/** Counts every request before it is handled; more than `limit` are refused. */
export interface RequestLimit extends CountingLimit {
  counts: 'requests'
  /** The route counts by itself those requests that leave something. */
  isCountedByRoute?: true
}

/**
 * Counts failures of one kind; beyond `limit` they are answered with 429 instead. What succeeds is answered whatever
 * failed before, so that one visitor's failures never lock out another visitor of the same network.
 */
export interface FailureLimit extends CountingLimit {
  counts: 'failures'
  kind: ErrorKind
  /**
   * True where telling right from wrong costs a call to the provider: after too many failures nothing is tried until the
   * window ends, right or wrong.
   */
  isCostly?: true
}

/** Nothing is counted; says what else bounds what the route may leave or cost. */
export interface NaturalLimit {
  counts: 'nothing'
  name: string
}

export type RouteLimit = RequestLimit | FailureLimit | NaturalLimit

/** At least one, so that no route is forgotten. */
export type RouteLimits = readonly [RouteLimit, ...RouteLimit[]]

const minuteMs = 60_000
const account: SubjectOf = ({ session }) => session?.account_id
const network: SubjectOf = ({ req }) => clientAddress(req).block
/** The IPv6 site: a /48 holds 65,536 networks of /64. Undefined for IPv4, where the network is the site. */
const wideSite: SubjectOf = ({ req }) => {
  const { block, site } = clientAddress(req)
  return site === block ? undefined : site
}
/** The browser by its pre-session cookie; one that sends none is counted by its network alone. */
const browser: SubjectOf = ({ req }) => preSessionOf(req, String(req.params.entry))
/** A stranger makes a new account at will; one that WeChat knows costs something. Neither uses up what is the other's. */
const isStranger = ({ session }: Sender) => session?.openid === null
const networkOfStranger: SubjectOf = (sender) => (isStranger(sender) ? network(sender) : undefined)
const siteOfStranger: SubjectOf = (sender) =>
  isStranger(sender) ? clientAddress(sender.req).site : undefined
const everyStranger: SubjectOf = (sender) => (isStranger(sender) ? 'strangers' : undefined)
const everyoneKnown: SubjectOf = (sender) => (isStranger(sender) ? undefined : 'known')

const requests = (name: string, by: SubjectOf, limit: number, windowMs = minuteMs): RequestLimit => ({
  counts: 'requests',
  name,
  by,
  limit,
  windowMs,
})
const failures = (name: string, kind: ErrorKind, by: SubjectOf, limit: number): FailureLimit => ({
  counts: 'failures',
  name,
  kind,
  by,
  limit,
  windowMs: minuteMs,
})

/** Reads that write nothing and ask no provider. */
export const freeReads: NaturalLimit = { counts: 'nothing', name: 'writes nothing and asks no provider' }
/** `unpaidOrdersCount` and its neighbours. */
export const boundedByRows: NaturalLimit = {
  counts: 'nothing',
  name: 'bounded by unpaid orders of the account and network',
}
/** An account has one row, which the next request replaces. */
export const oneOfAccount: NaturalLimit = { counts: 'nothing', name: 'one row an account' }
/** There is one offer an account, made by a bind code. */
export const boundedByOffer: NaturalLimit = { counts: 'nothing', name: 'bounded by bind codes' }
/** A session ends once. */
export const boundedBySession: NaturalLimit = { counts: 'nothing', name: 'bounded by sessions' }

/** Numbers of orders and payments are not for guessing: misses of an account. */
export const misses = failures('misses', 'NotFound', account, limits.missesPerMinute)
export const statusLinkMisses = failures('status-links', 'NotFound', network, limits.missesPerMinute)
export const ticketMisses = failures('tickets', 'NotSignedIn', network, limits.signInsPerMinute)
export const loginCodeMisses: FailureLimit = {
  ...failures('login-codes', 'NotSignedIn', network, limits.loginCodesPerMinute),
  isCostly: true,
}
export const loginCodeMissesOfSite: FailureLimit = {
  ...failures('login-codes-site', 'NotSignedIn', wideSite, limits.loginCodesOfSitePerMinute),
  isCostly: true,
}
export const operatorMisses = failures(
  'operator-tokens',
  'NotSignedIn',
  network,
  limits.operatorTriesPerMinute,
)
export const callbackMisses = failures('oauth-callbacks', 'NotSignedIn', network, limits.signInsPerMinute)

export const ticketsOfAccount = requests('ticket-issues', account, limits.ticketsPerMinute)
/** A cancelled order no longer counts in the caps on what is unpaid: placing and cancelling in turns is bounded here. */
export const cancelsOfAccount = requests('cancels', account, limits.cancelsPerMinute)
export const cancelsOfNetwork = requests(
  'cancels-network',
  networkOfStranger,
  limits.cancelsOfNetworkPerMinute,
)
export const oauthOfBrowser = requests('oauth-browser', browser, limits.oauthOfBrowserPerMinute)
export const oauthOfNetwork = requests('oauth-network', network, limits.oauthOfNetworkPerMinute)
export const oauthOfSite = requests('oauth-site', wideSite, limits.oauthOfSitePerMinute)

/** A code can be guessed: every try counts before it is answered, a right one too. Odds: decision 0019. */
export const bindTries: RouteLimits = [
  requests('bind-tries', account, limits.bindTriesPerMinute),
  requests('bind-tries-network', networkOfStranger, limits.bindTriesOfNetworkPerMinute),
  requests('bind-tries-site', siteOfStranger, limits.bindTriesOfSitePerMinute),
  requests('bind-tries-everyone', everyStranger, limits.bindTriesOfStrangersPerMinute),
  requests('bind-tries-everyone', everyoneKnown, limits.bindTriesOfKnownPerMinute),
]
/** Every code that is shown makes a guess likelier. */
export const bindCodeIssues: RouteLimits = [
  requests('bind-codes', account, limits.bindCodesPerMinute),
  requests('bind-codes-network', networkOfStranger, limits.bindCodesOfNetworkPerMinute),
  requests('bind-codes-site', siteOfStranger, limits.bindCodesOfSitePerMinute),
  requests('bind-codes-everyone', everyStranger, limits.bindCodesOfStrangersPerMinute),
  requests('bind-codes-everyone', everyoneKnown, limits.bindCodesOfKnownPerMinute),
]

/** New anonymous accounts. Browsers that show their cookie do not count: the route asks itself. */
export const newBrowsers: RequestLimit = {
  ...requests('browser-accounts', network, limits.browserSessionsPerMinute),
  isCountedByRoute: true,
}
export const newBrowsersOfSite: RequestLimit = {
  ...requests('browser-accounts-site', wideSite, limits.browserSessionsOfSitePerMinute),
  isCountedByRoute: true,
}

const tooMany = (retryAfterMs: number) =>
  new KindError('TooMany', `操作太频繁，请 ${Math.ceil(retryAfterMs / 1000)} 秒后再试。`, { retryAfterMs })

/** Full windows that one server remembers; the oldest is dropped beyond that, and PostgreSQL asked again. */
const rememberedCount = 10_000

/** Holds the limits of one server's routes. */
export interface RateLimiter {
  /** Counts a request. Throws TooMany. */
  count(limit: RequestLimit, sender: Sender): Promise<void>
  /** To be called before a route is handled. Throws TooMany. */
  before(limits: RouteLimits, sender: Sender): Promise<void>
  /** What a failure is answered with: the failure itself, or TooMany. */
  failed(limits: RouteLimits, sender: Sender, failure: unknown): Promise<unknown>
}

/** Opens the limiter of a server. Counters are in PostgreSQL; full ones are remembered here, so that a flood stays cheap. */
export function createRateLimiter(db: Database): RateLimiter {
  const fullUntil = new Map<string, number>()
  const keyOf = (limit: CountingLimit, subject: string) => `${limit.name} ${subject}`
  const waitMs = (limit: CountingLimit, subject: string) =>
    (fullUntil.get(keyOf(limit, subject)) ?? 0) - Date.now()
  const remember = (key: string, untilMs: number) => {
    const [oldest] = fullUntil.keys()
    if (fullUntil.size >= rememberedCount) fullUntil.delete(oldest!)
    fullUntil.delete(key)
    fullUntil.set(key, untilMs)
  }
  const refusal = async (limit: CountingLimit, subject: string): Promise<KindError | undefined> => {
    const leftMs = waitMs(limit, subject)
    if (leftMs > 0) return tooMany(leftMs)
    const verdict = await countAttempt(db, { ...limit, purpose: limit.name, subject })
    if (verdict.allowed) return undefined
    remember(keyOf(limit, subject), Date.now() + verdict.retryAfterMs)
    return tooMany(verdict.retryAfterMs)
  }
  const count = async (limit: RequestLimit, sender: Sender) => {
    const subject = limit.by(sender)
    const refused = subject === undefined ? undefined : await refusal(limit, subject)
    if (refused) throw refused
  }
  return {
    count,
    async before(routeLimits, sender) {
      for (const limit of routeLimits) {
        if (limit.counts === 'requests' && !limit.isCountedByRoute) await count(limit, sender)
        if (limit.counts !== 'failures' || !limit.isCostly) continue
        const leftMs = waitMs(limit, limit.by(sender) ?? '')
        if (leftMs > 0) throw tooMany(leftMs)
      }
    },
    async failed(routeLimits, sender, failure) {
      for (const limit of routeLimits) {
        if (limit.counts !== 'failures' || !isKind(failure, limit.kind)) continue
        const subject = limit.by(sender)
        const refused = subject === undefined ? undefined : await refusal(limit, subject)
        if (refused) return refused
      }
      return failure
    },
  }
}
