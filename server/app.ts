import express, { type Express } from 'express'
import { pinoHttp } from 'pino-http'
import type { ContentSecurityAdditions } from './config/content-security.ts'
import { apiRouter } from './http/api.ts'
import { warnOfUntrustedProxy } from './http/client-address.ts'
import { describeApi } from './http/openapi.ts'
import { liveness, readiness, type ReadinessCheck } from './http/health.ts'
import { fromLocalhost } from './http/own-address.ts'
import { servePages } from './http/pages.ts'
import { problemHandler } from './http/problem.ts'
import { operatorRouter, requireOperator } from './http/operator.ts'
import { allRoutes, operatorRoutes } from './http/routes/all-routes.ts'
import { readBooks } from './http/routes/books-read.ts'
import { listEntries } from './http/routes/entries-list.ts'
import { readShop } from './http/routes/shop-read.ts'
import { refuseForeignPosts } from './http/same-origin.ts'
import { securityHeaders } from './http/security-headers.ts'
import type { Services } from './http/services.ts'
import { takeAlipayNotification } from './http/webhooks/alipay.ts'
import { notificationBody } from './http/webhooks/take.ts'
import { takeWechatpayNotification } from './http/webhooks/wechatpay.ts'
import { KindError } from './shared/errors.ts'
import { requestLog } from './shared/log.ts'

export interface AppOptions {
  services: Services
  /** The built H5. */
  pagesDirectory: string
  /** How many proxies in front may be believed about the client's address. */
  trustedProxies: number
  /** Sources that the pages may use besides our own. */
  contentSecurity: ContentSecurityAdditions
  /** What must hold for this server to get traffic. */
  readinessChecks: readonly ReadinessCheck[]
  /** How long queries have been waiting for PostgreSQL without any of them coming back. Machine time. */
  databaseSilentMs: () => number
}

/** The Express app: webhooks on raw bytes first, then the API, then the pages. */
export function createApp({
  services,
  pagesDirectory,
  trustedProxies,
  contentSecurity,
  readinessChecks,
  databaseSilentMs,
}: AppOptions): Express {
  const app = express()
  app.set('trust proxy', trustedProxies)
  app.set('etag', false)
  app.disable('x-powered-by')

  app.get('/livez', liveness(databaseSilentMs))
  app.get('/readyz', readiness(readinessChecks, services.log))

  app.use(pinoHttp(requestLog(services.log)))
  if (trustedProxies === 0) app.use(warnOfUntrustedProxy(services.log))
  app.use(securityHeaders(services.publicUrl, contentSecurity))
  app.post('/webhooks/wechatpay/:merchant', notificationBody, takeWechatpayNotification(services))
  app.post('/webhooks/alipay/:merchant', notificationBody, takeAlipayNotification(services))

  app.use('/api', (_req, res, next) => {
    // Answers are somebody's own: no cache, shared or not, may keep them.
    res.setHeader('Cache-Control', 'no-store, private')
    next()
  })
  app.use('/api', refuseForeignPosts(services.publicUrl))
  app.get('/api/entries', listEntries(services))
  app.get('/api/shop', readShop(services))
  app.use(['/api/books', '/api/operator'], requireOperator(services))
  app.get('/api/books', readBooks(services))
  app.use('/api/operator', operatorRouter(services, operatorRoutes))
  app.use('/api/:entry', apiRouter(services, allRoutes))
  app.use(['/api', '/webhooks'], () => {
    throw new KindError('NotFound', '没有这个接口。')
  })
  const description = describeApi(allRoutes, operatorRoutes, services.publicUrl)
  app.get('/openapi.json', (_req, res) => void res.json(description))

  app.get('/{*page}', fromLocalhost(services.publicUrl), servePages(pagesDirectory))
  app.use(() => {
    throw new KindError('NotFound', '没有找到这个页面。')
  })
  app.use(problemHandler)
  return app
}
