import type { RequestHandler } from 'express'
import { KindError } from '../shared/errors.ts'

/** A browser names the page that posts; another site's page may not. Native clients name none. */
export const refuseForeignPosts = (publicUrl: string): RequestHandler => {
  const ours = new URL(publicUrl).origin
  return (req, _res, next) => {
    const origin = req.get('origin')
    if (req.method === 'GET' || req.method === 'HEAD' || origin === undefined || origin === ours)
      return next()
    throw new KindError('NotAllowed', '请从本站页面操作。')
  }
}
