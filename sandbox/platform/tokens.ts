import { letters } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { readApp, textOf } from './login.ts'
import type { Query } from './login.ts'
import { platformError } from './reply.ts'

const LIFETIME_MS = 7_200_000
/** A token that was replaced stays good for five minutes. */
const OVERLAP_MS = 5 * 60_000
const FORCED_REFRESHES_A_DAY = 20
const FORCED_REFRESH_GAP_MS = 30_000

interface Token {
  value: string
  expiresAtMs: number
}

/** The access tokens of apps. The two kinds live apart: one does not invalidate the other. */
export interface AppTokens {
  /** GET /cgi-bin/token: each call makes a new one. */
  ordinary(query: Query): object
  /** POST /cgi-bin/stable_token: the same one until five minutes before its end. */
  stable(body: unknown): object
  /** GET /cgi-bin/ticket/getticket?type=jsapi. */
  ticket(query: Query): object
  /** The appid of a token that is good now. */
  appidOf(value: string): string | null
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

/** https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken */
export function createAppTokens(world: World): AppTokens {
  const current = new Map<string, Token>()
  const owners = new Map<string, { appid: string; expiresAtMs: number }>()
  const tickets = new Map<string, Token>()
  const force = createForceLimit(world)
  const fresh = (slot: string, appid: string): Token => {
    const nowMs = world.clock.nowMs()
    const before = current.get(slot)
    const old = before && owners.get(before.value)
    if (old) old.expiresAtMs = Math.min(old.expiresAtMs, nowMs + OVERLAP_MS)
    for (const [value, owner] of owners) if (owner.expiresAtMs <= nowMs) owners.delete(value)
    const token = { value: letters(136), expiresAtMs: nowMs + LIFETIME_MS }
    current.set(slot, token)
    owners.set(token.value, { appid, expiresAtMs: token.expiresAtMs })
    return token
  }
  const show = (token: Token) => ({
    access_token: token.value,
    expires_in: Math.max(0, Math.ceil((token.expiresAtMs - world.clock.nowMs()) / 1000)),
  })
  const appidOf = (value: string) => {
    const owner = owners.get(value)
    return owner && owner.expiresAtMs > world.clock.nowMs() ? owner.appid : null
  }
  return {
    appidOf,
    ordinary(query) {
      if (query.get('grant_type') !== 'client_credential') return platformError(40002)
      const app = readApp(world, query, null)
      return 'errcode' in app ? app : show(fresh(`ordinary ${app.appid}`, app.appid))
    },
    stable(body) {
      const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
      if (given['grant_type'] !== 'client_credential') return platformError(40002)
      const query = new URLSearchParams({
        appid: textOf(given['appid']),
        secret: textOf(given['secret']),
      })
      const app = readApp(world, query, null)
      if ('errcode' in app) return app
      const slot = `stable ${app.appid}`
      if (given['force_refresh'] === true) {
        return force.allows(app.appid) ? show(fresh(slot, app.appid)) : platformError(45011)
      }
      const token = current.get(slot)
      const good = token && token.expiresAtMs - world.clock.nowMs() > OVERLAP_MS
      return show(good ? token : fresh(slot, app.appid))
    },
    ticket(query) {
      const appid = appidOf(query.get('access_token') ?? '')
      if (appid === null) return platformError(40001)
      let ticket = tickets.get(appid)
      if (!ticket || ticket.expiresAtMs <= world.clock.nowMs()) {
        ticket = { value: letters(86), expiresAtMs: world.clock.nowMs() + LIFETIME_MS }
        tickets.set(appid, ticket)
      }
      const { access_token: value, expires_in } = show(ticket)
      return { errcode: 0, errmsg: 'ok', ticket: value, expires_in }
    },
    clear() {
      for (const part of [current, owners, tickets, force]) part.clear()
    },
  }
}
