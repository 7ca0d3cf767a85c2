import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { pipeline } from 'node:stream'
import type { Request, Response } from 'express'
import { admitBridge } from './content-security.ts'
import { type Exchange, toPageHeaders, toUpstreamHeaders } from './headers.ts'
import { showTrouble } from './trouble.ts'

/** A page larger than this is shown without the bridge rather than held in memory. */
const HTML_LIMIT_BYTES = 8 * 1024 * 1024

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
  const { upstream } = exchange
  const headers = toUpstreamHeaders(exchange, req.headers)
  if (sandboxUser !== null) headers['x-sandbox-user'] = sandboxUser
  const send = upstream.protocol === 'https:' ? requestHttps : requestHttp
  const outgoing = send(upstream, { method: req.method, headers }, (answer) => {
    const pageHeaders = toPageHeaders(exchange, answer.headers)
    res.status(answer.statusCode ?? 502)
    if (isWholeHtml(req, answer)) {
      void returnHtml(answer, pageHeaders, bridge, res)
      return
    }
    res.set(pageHeaders as Record<string, string | string[]>)
    // Event streams must reach the page before their first event.
    res.flushHeaders()
    pipeline(answer, res, () => outgoing.destroy())
  })
  outgoing.on('error', () => showTrouble(res, 'unreachable', upstream))
  res.on('close', () => outgoing.destroy())
  pipeline(req, outgoing, () => undefined)
}

function isWholeHtml(req: Request, answer: IncomingMessage): boolean {
  const hasBody = req.method !== 'HEAD' && ![204, 206, 304].includes(answer.statusCode ?? 0)
  return hasBody && /^text\/html\b/i.test(answer.headers['content-type'] ?? '')
}

async function returnHtml(
  answer: IncomingMessage,
  headers: ReturnType<typeof toPageHeaders>,
  bridge: string,
  res: Response,
): Promise<void> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
    }
  } catch {
    res.destroy()
    return
  }
  delete headers['content-length']
  delete headers.etag
  headers['cache-control'] = 'no-store'
  for (const name of ['content-security-policy', 'content-security-policy-report-only']) {
    const policy = headers[name]
    if (policy !== undefined) headers[name] = admitBridge([policy].flat().join(', '), bridge)
  }
  res.set(headers as Record<string, string | string[]>)
  const html = Buffer.concat(chunks)
  res.end(size > HTML_LIMIT_BYTES ? html : insertFirst(html, bridge))
}

/** Puts the bridge before every other script. Works on bytes, so any ASCII-based charset survives. */
function insertFirst(html: Buffer, bridge: string): Buffer {
  const text = html.toString('latin1')
  const opening =
    /<head(?:\s[^>]*)?>/i.exec(text) ?? /<html(?:\s[^>]*)?>/i.exec(text) ?? /^\s*<!doctype[^>]*>/i.exec(text)
  const at = opening === null ? 0 : opening.index + opening[0].length
  return Buffer.from(`${text.slice(0, at)}<script>${bridge}</script>${text.slice(at)}`, 'latin1')
}
