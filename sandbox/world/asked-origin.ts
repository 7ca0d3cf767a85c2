import type { IncomingMessage } from 'node:http'

/** Answered by https only at home, so a request under one of these names came through a TLS proxy. */
const SECURE_HOSTS = ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com', 'openapi.alipay.com']

/**
 * The origin under which the client asked, for links in answers: http://127.0.0.1:4010, or https behind a proxy that ends
 * TLS. A proxy says so in X-Forwarded-Proto; the hosts of WeChat Pay and Alipay say it by themselves.
 */
export function askedOrigin({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const host = headers.host ?? ''
  const forwarded = String(headers['x-forwarded-proto'] ?? '').split(',')[0]!
  const isSecure = forwarded.trim() === 'https' || SECURE_HOSTS.includes(host.toLowerCase())
  return `${isSecure ? 'https' : 'http'}://${host}`
}
