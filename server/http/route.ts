import type { Request, Response } from 'express'
import type { z } from 'zod'
import type { EntryConfig } from '../config/load-config.ts'
import type { SessionRow } from '../store/tables.ts'
import type { RouteLimits } from './rate-limits.ts'
import type { Services } from './services.ts'

export type Shape = z.ZodType | undefined
export type Parsed<S extends Shape> = S extends z.ZodType ? z.output<S> : undefined

/**
 * nobody: public. anybody: a session, also a virtual one that may only look.
 * person: a session of a real openid, for whatever orders, pays or binds.
 */
export type Caller = 'nobody' | 'anybody' | 'person'

/** What a handler gets: everything parsed, the session checked. */
export interface Call<P extends Shape, Q extends Shape, B extends Shape, C extends Caller> {
  services: Services
  entry: EntryConfig
  session: C extends 'nobody' ? undefined : SessionRow
  params: Parsed<P>
  query: Parsed<Q>
  body: Parsed<B>
  req: Request
  res: Response
}

export interface Route<
  P extends Shape = Shape,
  Q extends Shape = Shape,
  B extends Shape = Shape,
  A extends Shape = Shape,
  C extends Caller = Caller,
> {
  method: 'get' | 'post'
  /** Express's spelling, below /api/:entry, e.g. "/orders/:orderId". */
  path: string
  summary: string
  caller: C
  /** The native side's bearer token alone, not the web-view's cookie. */
  nativeOnly?: boolean
  /** A page that the browser itself visits: what another site embeds or fetches in its visitor's name is refused, uncounted. */
  isPage?: true
  params?: P
  query?: Q
  body?: B
  /** Headers that it asks for besides, for the API's description. */
  headers?: z.ZodObject
  /** The statuses of its answer; 200 unless it says otherwise. */
  statuses?: readonly (200 | 201)[]
  /** What bounds how often it may be asked: docs/decisions/0025-rate-limits-and-caps.md. */
  limits: RouteLimits
  /** The answer, for the API's description; undefined for a redirect. */
  answer?: A
  /** Parses, calls one operation of a noun, returns the answer. Throws kinds, never statuses. */
  handle(call: Call<P, Q, B, C>): Promise<A extends z.ZodType ? z.input<A> : void>
}

/** Keeps a route's types together. */
export const defineRoute = <
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends Shape = undefined,
  A extends Shape = undefined,
  C extends Caller = 'nobody',
>(
  route: Route<P, Q, B, A, C>,
): Route => route as unknown as Route
