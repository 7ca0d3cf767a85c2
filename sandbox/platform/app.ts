import type { App, AppKind } from '../world/merchants.ts'
import type { World } from '../world/world.ts'
import { platformError } from './reply.ts'
import type { PlatformError } from './reply.ts'

/** A query as received; of a repeated name the first value counts. */
export type Query = URLSearchParams

/** A JSON object as received: anything may be missing or wrong. */
export type Fields = Record<string, unknown>

/** A text of a body; anything else counts as missing. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A body that is an object; anything else counts as empty. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** The app that asks, when appid and secret belong together and it is of the right kind. */
export function readApp(world: World, query: Query, kind: AppKind | null): App | PlatformError {
  const appid = query.get('appid') ?? ''
  const secret = query.get('secret') ?? ''
  if (appid === '') return platformError(41002)
  if (secret === '') return platformError(41004)
  const app = world.merchants.apps.get(appid)
  if (!app || (kind !== null && app.kind !== kind)) return platformError(40013)
  if (app.appsecret !== secret) return platformError(40125)
  return app
}
