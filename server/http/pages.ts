import sirv from 'sirv'
import type { RequestHandler } from 'express'
import { existsSync } from 'node:fs'

const yearSeconds = 31_536_000

/** The built H5: hashed files for ever, HTML never cached, any page address answered by index.html. */
export function servePages(directory: string): RequestHandler {
  if (!existsSync(directory))
    return (_req, res) => {
      res.status(503).type('text/plain').send('The pages are not built yet: run `npm start`, or vite build.')
    }
  return sirv(directory, {
    gzip: true,
    brotli: true,
    etag: true,
    single: true,
    setHeaders: (res, path) => {
      const isHashed = path.startsWith('/assets/')
      res.setHeader('Cache-Control', isHashed ? `public, max-age=${yearSeconds}, immutable` : 'no-cache')
    },
  })
}
