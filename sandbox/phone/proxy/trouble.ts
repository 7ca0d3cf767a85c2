import type { Response } from 'express'
import { pageInEnglish, readsEnglish } from '../../world/english.ts'

/** Why a phone cannot show a page, in the words a visitor can act on. */
const troubles = {
  unreachable: [
    502,
    '网页打不开',
    '对方服务器没有应答。请确认 H5 与服务器已经启动（npm start），然后重新加载。',
  ],
  'not-allowed': [
    403,
    '这部手机只打开本机的网页',
    '地址不在本机（127.0.0.1 或 localhost），沙箱不会代为访问。',
  ],
  'control-plane': [
    403,
    '网页不能使用沙箱的控制接口',
    '/_sandbox/ 只给测试程序和沙箱自己的页面用，请从程序里直接访问它。',
  ],
  'no-home': [
    404,
    '没有 H5 可以打开',
    '启动沙箱时请用 --h5 指出 H5 的地址，例如 --h5 http://127.0.0.1:3000。',
  ],
  'switched-off': [409, '这部手机还没有开机', '请从沙箱首页打开手机，而不是直接访问它的地址。'],
  'other-site': [403, '请求来自别的网站', '手机的网页只接受自己发出的请求。'],
} as const

/**
 * Answers with a small page of our own; nothing of the upstream's error is shown but its host.
 * @param shellOrigin the page that draws the phone is told, so that a <web-view> fires its error
 */
export function showTrouble(
  res: Response,
  trouble: keyof typeof troubles,
  upstream?: URL,
  shellOrigin?: string,
): void {
  if (res.headersSent) {
    res.destroy()
    return
  }
  const [status, title, advice] = troubles[trouble]
  const host = upstream === undefined ? '' : `<p class="host">${escapeHtml(upstream.host)}</p>`
  res.status(status).set('cache-control', 'no-store').type('html')
  const html = `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>
body{margin:0;padding:30vh 32px 0;text-align:center;font:16px/1.6 system-ui,sans-serif;color:CanvasText;background:Canvas}
h1{font-size:18px;font-weight:500;margin:0 0 8px}p{margin:0 0 8px;opacity:.6;font-size:14px}.host{font-family:ui-monospace,monospace}
</style><h1>${title}</h1><p>${advice}</p>${host}${shellOrigin === undefined ? '' : tell(shellOrigin)}</html>`
  res.send(readsEnglish(res.req.headers['accept-language']) ? pageInEnglish(html) : html)
}

/** The message `failed` of browser/bridge/protocol.ts. */
function tell(shellOrigin: string): string {
  return `<script>parent.postMessage({ phone: 'failed' }, ${JSON.stringify(shellOrigin).replaceAll('<', '\\u003c')})</script>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
