import { isLoopback, throughHosts } from './address.ts'
import type { Phone } from './phones.ts'
import { userAgentOf } from './profiles.ts'

/** One wx.request, as the page hands it over. */
export interface MiniProgramRequest {
  /** The mini-program that asks; the phone may be showing another app meanwhile. */
  appid: string
  url: string
  method: string
  header: Record<string, string>
  body: string | null
  timeoutMs: number
}

/** What came back, or why nothing did, in the words of wx.request's errMsg. */
export type MiniProgramAnswer =
  { statusCode: number; header: Record<string, string>; cookies: string[]; body: string } | { fail: string }

/**
 * Sends a mini-program's request as WeChat's client does: no cookie jar, a Referer that names the appid and version
 * (https://developers.weixin.qq.com/miniprogram/dev/framework/ability/network.html), the device's user agent.
 * Redirects are answered as they are.
 */
export async function sendForMiniProgram(
  phone: Phone,
  request: MiniProgramRequest,
  homeOrigin: string | undefined,
): Promise<MiniProgramAnswer> {
  const url = URL.parse(request.url)
  if (url === null || !/^https?:$/.test(url.protocol)) return { fail: 'invalid url' }
  if (!isLoopback(url.hostname)) return { fail: 'url not in domain list' }
  const headers = headersOf(phone, request)
  if (headers === null) return { fail: 'invalid header' }
  try {
    const answer = await fetch(throughHosts(url, homeOrigin), {
      method: request.method,
      headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(request.timeoutMs),
    })
    const header = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'set-cookie'))
    return {
      statusCode: answer.status,
      header,
      cookies: answer.headers.getSetCookie(),
      body: await answer.text(),
    }
  } catch (error) {
    return {
      fail: error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'connection refused',
    }
  }
}

/** Null: HTTP cannot carry them. */
function headersOf(phone: Phone, { appid, header }: MiniProgramRequest): Headers | null {
  const headers = new Headers()
  try {
    for (const [name, value] of Object.entries(header)) {
      // WeChat does not let a mini-program set its Referer, and no client may say from where it comes.
      if (!/^(?:referer|host|cookie2|x-sandbox-user|forwarded|x-forwarded-.*)$/i.test(name))
        headers.set(name, String(value))
    }
    headers.set('referer', `https://servicewechat.com/${appid}/0/page-frame.html`)
    headers.set('user-agent', userAgentOf(phone.profile, phone.language, appid))
    headers.set('x-forwarded-for', phone.ipAddress)
    return headers
  } catch {
    return null
  }
}
