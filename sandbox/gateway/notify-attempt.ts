import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import type { Effect } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import { seal } from './notification.ts'
import type { Delivery, Envelope } from './notification.ts'
import { post } from './post.ts'
import type { PostResult } from './post.ts'

/** What came of one attempt. */
export interface Attempt {
  envelope: Envelope
  /** Null: a rule lost it on the way. */
  result: PostResult | null
  /** WeChat heard the merchant say 200 or 204. */
  accepted: boolean
  durationMs: number
  weather: Effect
}

/** The way out to the merchants. */
export interface Wire {
  agents: { http: HttpAgent; https: HttpsAgent }
  signal: AbortSignal
  /** Breaks off what is under way. */
  cut(): void
}

export function createWire(): Wire {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  const stopping = new AbortController()
  return {
    agents,
    signal: stopping.signal,
    cut() {
      stopping.abort()
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

/** Encrypts, signs and sends, as far as the weather allows. Null: the merchant is gone. */
export async function attemptDelivery(
  world: World,
  wire: Wire,
  delivery: Delivery,
  resource: Record<string, unknown>,
  weather: Effect,
): Promise<Attempt | null> {
  const merchant = world.merchants.byMchid.get(delivery.mchid)
  if (!merchant) return null
  if (weather.delayMs !== undefined) {
    await pause(weather.delayMs, undefined, { signal: wire.signal }).catch(() => {})
  }
  const startedAt = performance.now()
  const envelope = seal(merchant, delivery, resource, weather)
  const result =
    weather.lose || weather.dropBefore ? null : await sendAll(wire, delivery.url, envelope, weather)
  const accepted = result?.verdict === 'accepted' && !weather.dropAfter
  return { envelope, result, accepted, durationMs: performance.now() - startedAt, weather }
}

/** Duplicates travel at the same time; the first answer counts. */
async function sendAll(wire: Wire, url: string, envelope: Envelope, weather: Effect): Promise<PostResult> {
  const once = () => post({ url, ...envelope, ...wire })
  const [first] = await Promise.all(Array.from({ length: 1 + (weather.duplicate ?? 0) }, once))
  return first!
}
