import type { Request, RequestHandler } from 'express'
import { isIP, SocketAddress } from 'node:net'
import type { Logger } from 'pino'

/** Where a request comes from, as far as the trusted proxies tell it. */
export interface ClientAddress {
  /**
   * IPv4 as four decimal numbers, or IPv6 in its shortest form in small letters: one client has one spelling. "unknown"
   * once the connection is gone.
   */
  address: string
  /** The network that rate limits count by: IPv4 /24, IPv6 /64, e.g. "203.0.113.0/24" or "2001:db8:0:1::/64". */
  block: string
  /** The network that a whole site may have: IPv4 /24, IPv6 /48, e.g. "2001:db8::/48". */
  site: string
  /**
   * False: what the proxies forwarded is no address, and `address` is the nearest proxy's own. It serves for limits and
   * logs. It is not where the customer is, so H5 pay is not offered with it.
   */
  isClients: boolean
}

/**
 * The address of the client that sent a request. Express finds the entry of X-Forwarded-For that the trusted proxies vouch for
 * (`trustedProxies`); proxies write it with a port, in brackets, or as IPv4 mapped into IPv6, and all of these are one
 * client. What is no address at all falls back to the address of the connection.
 */
export function clientAddress(
  req: Pick<Request, 'ip' | 'socket'> & Partial<Pick<Request, 'headers'>>,
): ClientAddress {
  // Express takes an empty list for a request without a proxy.
  const isEmptyList = /^[\s,]*$/.test(String(req.headers?.['x-forwarded-for'] ?? 'none'))
  const claimed = isEmptyList ? undefined : parseAddress(req.ip ?? '')
  const address = claimed ?? parseAddress(req.socket.remoteAddress ?? '')
  if (address === undefined)
    return { address: 'unknown', block: 'unknown', site: 'unknown', isClients: false }
  return { address, block: blockOf(address, 4), site: blockOf(address, 3), isClients: claimed !== undefined }
}

/**
 * An address as proxies write it, e.g. "203.0.113.7:51234", "[2001:DB8::1]:443", "::ffff:203.0.113.7" or "fe80::1%eth0",
 * in its one spelling. Undefined for any other text.
 */
export function parseAddress(text: string): string | undefined {
  const bare = withoutPort(text.trim().replace(/^"(.*)"$/, '$1'))
  if (isIP(bare) === 4) return bare
  if (isIP(bare) !== 6) return undefined
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' })
  return /^::ffff:([0-9]+(?:\.[0-9]+){3})$/.exec(address)?.[1] ?? address
}

function withoutPort(text: string): string {
  const inBrackets = /^\[([^\]]+)\](?::[0-9]{1,5})?$/.exec(text)?.[1]
  return inBrackets ?? /^([0-9.]+):[0-9]{1,5}$/.exec(text)?.[1] ?? text
}

/** One household or machine usually has a whole IPv6 /64, and may draw a new address for every connection. */
function blockOf(address: string, groupCount: number): string {
  if (isIP(address) === 4) return `${address.split('.').slice(0, 3).join('.')}.0/24`
  const prefix = groupsOf(address).slice(0, groupCount).join(':')
  return `${new SocketAddress({ address: `${prefix}::`, family: 'ipv6' }).address}/${groupCount * 16}`
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::').map((half) => half.split(':').filter(Boolean)) as [
    string[],
    string[] | undefined,
  ]
  if (tail === undefined) return [...head]
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
}

/**
 * Warns once, for a server that trusts no proxy, when a request has come through one: all customers then have the proxy's
 * address, which H5 pay is refused for and which all share one rate limit.
 */
export function warnOfUntrustedProxy(log: Pick<Logger, 'warn'>): RequestHandler {
  let isWarned = false
  return (req, _res, next) => {
    if (!isWarned && req.headers['x-forwarded-for'] !== undefined) {
      isWarned = true
      log.warn(
        'X-Forwarded-For is ignored while trustedProxies is 0: behind a proxy, set it to the number of proxies',
      )
    }
    next()
  }
}
