import type { App } from '../world/merchants.ts'
import { letters } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { fieldsOf, readApp, textOf } from './app.ts'
import type { Query } from './app.ts'
import { platformError } from './reply.ts'
import type { PlatformError } from './reply.ts'

const LIFETIME_MS = 7_200_000
/** A token that was replaced stays good for five minutes. */
const OVERLAP_MS = 5 * 60_000
const FORCED_REFRESHES_A_DAY = 20
const FORCED_REFRESH_GAP_MS = 30_000
/** For so long a dead token is told from one that nobody ever gave. */
const REMEMBERED_MS = 86_400_000
const TOKEN_LENGTH = 136
/** What no access_token ever looked like. */
const TOKEN_SHAPE = /^[\w-]{64,512}$/

interface Token {
  value: string
  expiresAtMs: number
}

/** The access tokens of apps. The two kinds live apart: one does not invalidate the other. */
export interface AppTokens {
  /** GET /cgi-bin/token: each call makes a new one. */
  ordinary(query: Query, fromIp: string): object
  /** POST /cgi-bin/stable_token: the same one until five minutes before its end. */
  stable(body: unknown, fromIp: string): object
  /** GET /cgi-bin/ticket/getticket?type=jsapi. */
  ticket(query: Query): object
  /** The app whose access_token stands in the query. 41001: there is none; 40014, 40001, 42001: it is not good now. */
  holder(query: Query): App | PlatformError
  clear(): void
}

/** Counts forced refreshes: at most twenty a day, half a minute apart. */
function createForceLimit(world: World): { allows(appid: string): boolean; clear(): void } {
  const forced = new Map<string, number[]>()
  return {
    allows(appid) {
      const nowMs = world.clock.nowMs()
      const recent = (forced.get(appid) ?? []).filter((atMs) => atMs > nowMs - 86_400_000)
      const last = recent.at(-1)
      if (recent.length >= FORCED_REFRESHES_A_DAY) return false
      if (last !== undefined && nowMs - last < FORCED_REFRESH_GAP_MS) return false
      forced.set(appid, [...recent, nowMs])
      return true
    },
    clear: () => forced.clear(),
  }
}

/** Who a token was given to, and what has become of it. */
interface Owner {
  appid: string
  expiresAtMs: number
  /** Another one took its place: it dies before its time, and is then "not latest". */
  isReplaced: boolean
}

/** The tokens in force and those of yesterday. A slot is an app's ordinary or its stable one. */
function createTokenBook(world: World) {
  const current = new Map<string, Token>()
  const owners = new Map<string, Owner>()
  return {
    current: (slot: string) => current.get(slot),
    owner: (value: string) => owners.get(value),
    fresh(slot: string, appid: string): Token {
      const nowMs = world.clock.nowMs()
      const before = current.get(slot)
      const old = before && owners.get(before.value)
      if (old) {
        old.isReplaced = old.expiresAtMs > nowMs + OVERLAP_MS
        old.expiresAtMs = Math.min(old.expiresAtMs, nowMs + OVERLAP_MS)
      }
      for (const [value, owner] of owners)
        if (owner.expiresAtMs <= nowMs - REMEMBERED_MS) owners.delete(value)
      const token = { value: letters(TOKEN_LENGTH), expiresAtMs: nowMs + LIFETIME_MS }
      current.set(slot, token)
      owners.set(token.value, { appid, expiresAtMs: token.expiresAtMs, isReplaced: false })
      return token
    },
    clear() {
      current.clear()
      owners.clear()
    },
  }
}

/** https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken */
export function createAppTokens(world: World): AppTokens {
  const book = createTokenBook(world)
  const force = createForceLimit(world)
  const show = (token: Token) => ({
    access_token: token.value,
    expires_in: Math.max(0, Math.ceil((token.expiresAtMs - world.clock.nowMs()) / 1000)),
  })
  const asker = (query: Query, fromIp: string): App | PlatformError => {
    const app = readApp(world, query, null)
    return 'errcode' in app ? app : (refuseAddress(world, app, fromIp) ?? app)
  }
  const holder = (query: Query): App | PlatformError => {
    const value = query.get('access_token') ?? ''
    if (value === '') return platformError(41001)
    if (!TOKEN_SHAPE.test(value)) return platformError(40014)
    const owner = book.owner(value)
    const app = owner && world.merchants.apps.get(owner.appid)
    if (!app) return platformError(40001)
    if (owner.expiresAtMs > world.clock.nowMs()) return app
    return platformError(owner.isReplaced ? 40001 : 42001)
  }
  return {
    holder,
    ordinary(query, fromIp) {
      if (query.get('grant_type') !== 'client_credential') return platformError(40002)
      const app = asker(query, fromIp)
      if ('errcode' in app) return app
      const { tokensADay } = world.settings.of(app.appid)
      if (!world.quotas.takeInDay(`tokens ${app.appid}`, tokensADay)) return platformError(45009)
      return show(book.fresh(`ordinary ${app.appid}`, app.appid))
    },
    stable(body, fromIp) {
      const given = fieldsOf(body)
      if (given['grant_type'] !== 'client_credential') return platformError(40002)
      const credentials = { appid: textOf(given['appid']), secret: textOf(given['secret']) }
      const app = asker(new URLSearchParams(credentials), fromIp)
      if ('errcode' in app) return app
      const slot = `stable ${app.appid}`
      if (given['force_refresh'] === true) {
        return force.allows(app.appid) ? show(book.fresh(slot, app.appid)) : platformError(45011)
      }
      const token = book.current(slot)
      const good = token && token.expiresAtMs - world.clock.nowMs() > OVERLAP_MS
      return show(good ? token : book.fresh(slot, app.appid))
    },
    ticket(query) {
      const app = holder(query)
      if ('errcode' in app) return app
      const { access_token: value, expires_in } = show(world.jsapiTickets.take(app.appid))
      return { errcode: 0, errmsg: 'ok', ticket: value, expires_in }
    },
    clear() {
      for (const part of [book, force]) part.clear()
    },
  }
}

/** 40164 when the app has an IP list and this address is not on it. */
function refuseAddress(world: World, { appid }: App, fromIp: string): PlatformError | null {
  const { ipList } = world.settings.of(appid)
  const plain = fromIp.replace(/^::ffff:/, '')
  if (ipList === null || ipList.includes(plain)) return null
  return platformError(40164, `invalid ip ${plain} ipv6 ::ffff:${plain}, not in whitelist`)
}
