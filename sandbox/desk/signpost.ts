import type { Request, Response } from 'express'

/** One thing said in both languages, and where everything is. `zh` and `en` are HTML. */
export function signpost(title: string, zh: string, en: string): string {
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title} · 桥付沙箱</title><style>
body{max-width:34em;margin:0 auto;padding:20vh 24px 24px;font:16px/1.7 system-ui,sans-serif;color:CanvasText;background:Canvas}
h1{font-size:22px}a{color:LinkText}code{font-family:ui-monospace,monospace}
</style><h1>${title}</h1>
<p>${zh}</p>
<p lang="en">${en}</p>
<ul><li><a href="/">/</a> 沙箱桌面 desk</li>
<li><a href="/phone/">/phone/</a> 模拟手机 phone</li>
<li><a href="/_sandbox/merchants">/_sandbox/merchants</a> 商户与密钥 keys</li>
<li><a href="/_sandbox/ledger">/_sandbox/ledger</a> 账本 ledger</li>
<li><a href="/_sandbox/calls">/_sandbox/calls</a> 往来 calls</li></ul></html>`
}

/** 404, where the sandbox has nothing: a signpost for people, a sentence for programs. */
export function showNowhere(req: Request, res: Response): void {
  res.status(404)
  if (req.method === 'GET' && req.accepts(['json', 'html']) === 'html') {
    const zh = '地址可能抄错了。要找的东西多半在下面：'
    const en = 'The sandbox has nothing at this address. What you look for is probably one of these:'
    return void res.type('html').send(signpost('这里没有东西', zh, en))
  }
  const asked = `${req.method} ${req.originalUrl.slice(0, 100)}`
  const message = `the sandbox has nothing at this address, ${asked}: WeChat Pay's begin with /v3/, the sandbox's own with /_sandbox/ (docs/sandbox.md lists them), people open /`
  res.json({ message })
}
