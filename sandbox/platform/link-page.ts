import type { Request, Response } from 'express'
import type { World } from '../world/world.ts'
import { escapeHtml, page } from './html.ts'

/**
 * GET /wxaurl/{ticket}, at WeChat https://wxaurl.cn/{ticket}: what a browser shows on the way to WeChat. Its button leads
 * to weixin://dl/business/?t={ticket}, as WeChat's own does: on a phone the system hands that address to WeChat, and
 * whoever plays the system here asks POST /_sandbox/links/open what it opens.
 */
export function showLinkPage(world: World, req: Request, res: Response): void {
  const link = world.links.find(String(req.params.ticket))
  if (!link || link.kind !== 'url-link')
    return show(res, 404, '链接不存在', '请向发送链接的人确认地址是否完整。')
  if (link.expiresAtMs <= world.clock.nowMs())
    return show(res, 410, '链接已失效', '请让发送链接的人重新生成一个。')
  const name = world.merchants.apps.get(link.appid)?.name ?? '小程序'
  const cq = typeof req.query.cq === 'string' ? `&cq=${encodeURIComponent(req.query.cq)}` : ''
  const href = escapeHtml(`weixin://dl/business/?t=${link.ticket}${cq}`)
  const body = `<h1>${escapeHtml(name)}</h1><p>小程序</p><p><a class="button" href="${href}">打开小程序</a></p>`
  res
    .status(200)
    .type('html')
    .set('Cache-Control', 'no-store')
    .send(page(res.req, '打开小程序', body))
}

function show(res: Response, status: number, title: string, sentence: string): void {
  res
    .status(status)
    .type('html')
    .send(page(res.req, title, `<h1>${title}</h1><p>${sentence}</p>`))
}
