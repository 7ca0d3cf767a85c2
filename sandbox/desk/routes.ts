import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Response, type Router } from 'express'
import sirv from 'sirv'

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

const UNBUILT = `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>桥付沙箱</title><style>
body{max-width:34em;margin:0 auto;padding:20vh 24px 0;font:16px/1.7 system-ui,sans-serif;color:CanvasText;background:Canvas}
h1{font-size:22px}a{color:LinkText}code{font-family:ui-monospace,monospace}
</style><h1>沙箱正在运行</h1>
<p>这一页（手机、往来、账本）还没有构建：请在项目目录运行 <code>npm run build</code>，然后刷新。</p>
<p lang="en">The sandbox is running. This page is not built yet: run <code>npm run build</code> and reload.</p>
<ul><li><a href="/_sandbox/merchants">/_sandbox/merchants</a> 商户与密钥 keys</li>
<li><a href="/_sandbox/ledger">/_sandbox/ledger</a> 账本 ledger</li>
<li><a href="/_sandbox/calls">/_sandbox/calls</a> 往来 calls</li></ul></html>`
