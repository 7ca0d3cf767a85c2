import { isIPv4, isIPv6 } from 'node:net'

/** Whether a host is this machine itself, reachable from nowhere else. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIPv4(host)) return host.startsWith('127.')
  if (isIPv6(host)) return host === '::1'
  return /(^|\.)localhost$/.test(host)
}
