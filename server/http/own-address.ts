import type { RequestHandler } from 'express'

/**
 * On a developer's machine the shop is at 127.0.0.1, and who types "localhost" means the same: the browser is sent there, or
 * it would be another site, from whose pages no post is taken. Nobody else is sent anywhere: proxies may rename the host.
 */
export const fromLocalhost = (publicUrl: string): RequestHandler => {
  const ours = new URL(publicUrl)
  const alias = ours.hostname === '127.0.0.1' ? `localhost:${ours.port}` : null
  return (req, res, next) => {
    if (alias === null || req.get('host') !== alias) return next()
    res.redirect(ours.origin + req.originalUrl)
  }
}
