import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { pipeline } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Request, Response } from 'express'
import { dressCss, dressHtml } from './appearance.ts'
import { admitBridge } from './content-security.ts'
import { type Exchange, toPageHeaders, toUpstreamHeaders } from './headers.ts'
import { showTrouble } from './trouble.ts'

/**
 * Carries one request of a phone's page to its upstream and the answer back.
 * @param bridge the script to insert first into HTML; ASCII only
 * @param sandboxUser sent as x-sandbox-user when not null
 */
export function forward(
  exchange: Exchange,
  bridge: string,
  sandboxUser: string | null,
  req: Request,
  res: Response,
): void {
  const { upstream, phone } = exchange
  const headers = toUpstreamHeaders(exchange, req.headers)
  if (sandboxUser !== null) headers['x-sandbox-user'] = sandboxUser
  const send = upstream.protocol === 'https:' ? requestHttps : requestHttp
  const outgoing = send(upstream, { method: req.method, headers }, (answer) => {
    const pageHeaders = toPageHeaders(exchange, answer.headers)
    res.status(answer.statusCode ?? 502)
    const kind = rewrittenKind(req, answer)
    if (kind !== null) {
      returnRewritten(answer, kind, exchange, bridge, pageHeaders, res).catch(() => res.destroy())
      return
    }
    res.set(pageHeaders as Record<string, string | string[]>)
    // Event streams must reach the page before their first event.
    res.flushHeaders()
    pipeline(answer, res, () => outgoing.destroy())
  })
  outgoing.on('error', () => showTrouble(res, 'unreachable', upstream, phone.shellOrigin))
  res.on('close', () => outgoing.destroy())
  pipeline(req, outgoing, () => undefined)
}

/** Pages get the bridge and style sheets the phone's appearance; everything else passes as it is. */
function rewrittenKind(req: Request, answer: IncomingMessage): 'html' | 'css' | null {
  if (req.method === 'HEAD' || [204, 206, 304].includes(answer.statusCode ?? 0)) return null
  const [, kind] = /^text\/(html|css)\b/i.exec(answer.headers['content-type'] ?? '') ?? []
  return kind === undefined ? null : (kind.toLowerCase() as 'html' | 'css')
}

async function returnRewritten(
  answer: IncomingMessage,
  kind: 'html' | 'css',
  { phone }: Exchange,
  bridge: string,
  headers: ReturnType<typeof toPageHeaders>,
  res: Response,
): Promise<void> {
  // latin1 keeps every byte, so any ASCII-based charset survives.
  const text = (await buffer(answer)).toString('latin1')
  delete headers['content-length']
  delete headers.etag
  // The copy belongs to this phone as it is set now.
  headers['cache-control'] = 'no-store'
  for (const name of ['content-security-policy', 'content-security-policy-report-only']) {
    const policy = headers[name]
    if (policy !== undefined) headers[name] = admitBridge([policy].flat().join(', '), bridge)
  }
  res.set(headers as Record<string, string | string[]>)
  const rewritten = kind === 'css' ? dressCss(text, phone) : insertFirst(dressHtml(text, phone), bridge)
  res.end(Buffer.from(rewritten, 'latin1'))
}

/** Puts the bridge before every other script. */
function insertFirst(html: string, bridge: string): string {
  const opening =
    /<head(?:\s[^>]*)?>/i.exec(html) ?? /<html(?:\s[^>]*)?>/i.exec(html) ?? /^\s*<!doctype[^>]*>/i.exec(html)
  const at = opening === null ? 0 : opening.index + opening[0].length
  return `${html.slice(0, at)}<script>${bridge}</script>${html.slice(at)}`
}
