import { Router, type Request, type RequestHandler, type Response } from 'express'
import type { z } from 'zod'
import { findOperator, type Operator } from '../identity/operators.ts'
import { KindError } from '../shared/errors.ts'
import { jsonBody, parse } from './api.ts'
import { operatorMisses } from './rate-limits.ts'
import type { Parsed, Shape } from './route.ts'
import type { Services } from './services.ts'

const bearer = /^Bearer ([0-9A-Za-z_-]{32,128})$/

/**
 * Lets only operators on. Without a good token the answer is 401, whatever there is behind it; 429 after too many of them
 * from one network, where a good token is still let in.
 */
export const requireOperator =
  ({ operators, limiter }: Services): RequestHandler =>
  async (req, res, next) => {
    try {
      res.locals.operator = operatorOf(operators, req)
    } catch (error) {
      throw await limiter.failed([operatorMisses], { req, session: undefined }, error)
    }
    next()
  }

function operatorOf(operators: readonly Operator[], req: Request): string {
  const token = bearer.exec(req.headers.authorization ?? '')?.[1]
  if (token === undefined)
    throw new KindError('NotSignedIn', '请带上操作员令牌：Authorization: Bearer 令牌。')
  return findOperator(operators, token).name
}

/** What an operator's handler gets: everything parsed, and who asks. */
export interface OperatorCall<P extends Shape, Q extends Shape, B extends Shape> {
  services: Services
  /** The operator's name, for the history. */
  operator: string
  params: Parsed<P>
  query: Parsed<Q>
  body: Parsed<B>
  req: Request
  res: Response
}

/** A route below /api/operator, for operators alone. */
export interface OperatorRoute<
  P extends Shape = Shape,
  Q extends Shape = Shape,
  B extends Shape = Shape,
  A extends z.ZodType = z.ZodType,
> {
  method: 'get' | 'post'
  /** Express's spelling, below /api/operator, e.g. "/orders/:orderId". */
  path: string
  summary: string
  params?: P
  query?: Q
  body?: B
  /** Headers that it asks for besides, for the API's description. */
  headers?: z.ZodObject
  /** The statuses of its answer; 200 unless it says otherwise. */
  statuses?: readonly (200 | 201)[]
  answer: A
  /** Parses, calls one operation of a noun, returns the answer. Throws kinds, never statuses. */
  handle(call: OperatorCall<P, Q, B>): Promise<z.input<A>>
}

/** Keeps a route's types together. */
export const defineOperatorRoute = <
  A extends z.ZodType,
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends Shape = undefined,
>(
  route: OperatorRoute<P, Q, B, A>,
): OperatorRoute => route as unknown as OperatorRoute

/** Mounts routes behind requireOperator: JSON in, one operation, JSON out. */
export function operatorRouter(services: Services, routes: OperatorRoute[]): Router {
  const router = Router()
  router.use(jsonBody)
  for (const route of routes) {
    router[route.method](route.path, async (req: Request, res: Response) => {
      const handle = () =>
        route.handle({
          services,
          operator: res.locals.operator as string,
          params: parse(route.params, req.params, ''),
          query: parse(route.query, req.query, ''),
          body: parse(route.body, req.body ?? {}, ''),
          req,
          res,
        })
      // What it is about stands in its address: an order, a product, a request. Operators queue apart from customers first.
      const [about] = Object.values(req.params).map(String)
      const answer = await (route.method === 'get' || !about
        ? handle()
        : services.bulkhead.through(`operator ${about}`, () => services.bulkhead.through(about, handle)))
      res.json(answer)
    })
  }
  return router
}
