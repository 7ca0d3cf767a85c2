import type { Merchant } from '../world/merchants.ts'
import type { Effect, WeatherApi } from '../world/weather.ts'
import type { World } from '../world/world.ts'

/** A request whose sender is known. */
export interface Call {
  world: World
  /** Who signed: in partner mode the partner. */
  merchant: Merchant
  /** Decoded parts of the path, by name. */
  params: Record<string, string>
  query: URLSearchParams
  /** The body as an object; empty when there was none. */
  body: Record<string, unknown>
  /** Wechatpay-Serial: the key of WeChat under which fields are encrypted. Empty: none named. */
  serial: string
  /** Where the caller found the gateway: http://127.0.0.1:4010, or https behind a TLS proxy. */
  origin: string
  /** What a rule wants of this call. */
  weather: Effect
}

/** What a successful call answers. Null: 204 without a body. */
export type Answer = Record<string, unknown> | null

/** Bytes to be fetched as they are. WeChat does not sign them. */
export interface FileAnswer {
  file: Buffer
  contentType: string
}

/** One address of the API. */
export interface Route {
  method: 'GET' | 'POST'
  /** Named groups become `params`. */
  path: RegExp
  api: WeatherApi
  /** WeChat refuses these addresses without a User-Agent, before it looks at the signature. */
  needsUserAgent?: boolean
  run: (call: Call) => Answer | FileAnswer
}
