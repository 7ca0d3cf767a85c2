import { isIPv4, isIPv6 } from 'node:net'
import { parseUrl } from './parse-url.ts'
import { badParameter } from './refusal.ts'

/**
 * notify_url must be absolute, https, publicly reachable and without a query.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012075420
 * `local` lifts "https" and "public" for use on one machine, nothing else.
 */
export function checkNotifyUrl(notifyUrl: string, local: boolean, source = '/body/notify_url'): void {
  const refuse = (why: string) =>
    badParameter(source, notifyUrl, `通知地址${source.slice('/body/'.length)}不合法：${why}`)
  const url = parseUrl(notifyUrl)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw refuse('应为完整的https地址')
  if (notifyUrl.includes('?') || notifyUrl.includes('#')) throw refuse('不能携带参数')
  if (url.username !== '' || url.password !== '') throw refuse('不能携带用户名和密码')
  if (local) return
  if (url.protocol !== 'https:') throw refuse('应为https地址')
  if (isPrivate(url.hostname)) throw refuse('应为外网可访问的地址，不能是本地或内网地址')
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIPv6(host)) return !/^[23]/.test(host)
  if (isIPv4(host)) {
    const [a, b] = host.split('.').map(Number) as [number, number]
    const ranges = [a === 0, a === 10, a === 127, a === 172 && b >= 16 && b <= 31, a === 192 && b === 168]
    return ranges.includes(true) || (a === 169 && b === 254) || (a === 100 && b >= 64 && b <= 127) || a >= 224
  }
  return !host.includes('.') || /(^|\.)(localhost|local|internal|lan|test|invalid)\.?$/.test(host)
}
