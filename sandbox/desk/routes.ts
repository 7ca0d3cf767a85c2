import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Response, type Router } from 'express'
import sirv from 'sirv'
import { signpost } from './signpost.ts'

/** `/` the desk, `/_desk/*` its files. Without a built desk `/` still says where everything is. */
export function deskRoutes(deskDir: string | undefined): Router {
  const router = express.Router()
  router.get('/', (_req, res) => showDesk(deskDir, res))
  if (deskDir !== undefined) router.use('/_desk', sirv(deskDir, { dev: true, etag: true }))
  return router
}

function showDesk(deskDir: string | undefined, res: Response): void {
  // The desk acts for people by one click: nobody else may frame it.
  res.set({ 'cache-control': 'no-cache', 'content-security-policy': "frame-ancestors 'none'" })
  // Looked up each time, so that building it while the sandbox runs is enough.
  const page = deskDir === undefined ? undefined : join(deskDir, 'index.html')
  if (page !== undefined && existsSync(page)) return res.sendFile(page)
  res.type('html').send(UNBUILT)
}

const UNBUILT = signpost(
  '沙箱正在运行',
  '这一页（手机、往来、账本）还没有构建：请在项目目录运行 <code>npm run build</code>，然后刷新。',
  'The sandbox is running. This page is not built yet: run <code>npm run build</code> and reload.',
)
