import type { RequestHandler } from 'express'
import { findOperator } from '../identity/operators.ts'
import { KindError } from '../shared/errors.ts'
import type { Services } from './services.ts'

const bearer = /^Bearer ([0-9A-Za-z_-]{32,128})$/

/** Lets only an operator on: whoever comes without a good token is told so, whatever there is behind it. */
export const requireOperator =
  ({ operators }: Services): RequestHandler =>
  (req, res, next) => {
    const token = bearer.exec(req.headers.authorization ?? '')?.[1]
    if (token === undefined)
      throw new KindError('NotSignedIn', '请带上操作员令牌：Authorization: Bearer 令牌。')
    res.locals.operator = findOperator(operators, token).name
    next()
  }
