import { isIPv4, isIPv6 } from 'node:net'
import { parseUrl } from './parse-url.ts'
import { badParameter } from './refusal.ts'

/**
 * An absolute address without query and fragment. WeChat's message prints this pattern, in this spelling, for notify_url.
 */
export const NOTIFY_URL_PATTERN = new RegExp(
  String.raw`^https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)$`,
)

/**
 * What the pattern does not say: notify_url must be https and publicly reachable, without a user's name.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012075420
 * `local` lifts "https" and "public" for use on one machine, nothing else.
 */
export function checkNotifyUrl(notifyUrl: string, local: boolean, source = '/body/notify_url'): void {
  const refuse = (why: string) =>
    badParameter(source, notifyUrl, `通知地址${source.slice('/body/'.length)}不合法：${why}`)
  const url = parseUrl(notifyUrl)
  if (!url) throw refuse('应为完整的https地址')
  if (url.username !== '' || url.password !== '') throw refuse('不能携带用户名和密码')
  if (local) return
  if (url.protocol !== 'https:') throw refuse('应为https地址')
  if (isPrivate(url.hostname)) throw refuse('应为外网可访问的地址，不能是本地或内网地址')
}

/** Whether a host is on this machine or in a private network, by its name or address alone. */
export function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIPv6(host)) return !/^[23]/.test(host)
  if (isIPv4(host)) {
    const [a, b] = host.split('.').map(Number) as [number, number]
    const ranges = [a === 0, a === 10, a === 127, a === 172 && b >= 16 && b <= 31, a === 192 && b === 168]
    return ranges.includes(true) || (a === 169 && b === 254) || (a === 100 && b >= 64 && b <= 127) || a >= 224
  }
  return !host.includes('.') || /(^|\.)(localhost|local|internal|lan|test|invalid)\.?$/.test(host)
}
