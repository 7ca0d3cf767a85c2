import { Resolver } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from '../../shared/public-address.ts'

/** Every address of a name. Throws what DNS says. */
export type Resolve = (name: string) => Promise<string[]>

/** By DNS itself and not by getaddrinfo, whose threads a slow name would take from everybody else. */
export const resolveByDns: Resolve = async (name) => {
  const resolver = new Resolver({ timeout: 2_000, tries: 1 })
  const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  const found = [four, six].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (found.length === 0 && four.status === 'rejected') throw four.reason
  return found
}

/** An address that belongs to this machine, its network or its cloud. */
export class PrivateAddress extends Error {
  readonly code = 'private-address'
}

/**
 * What a request looks its host up with. The name is resolved once, and the connection goes to the very addresses that
 * were checked: a name that answers otherwise the next time gains nothing.
 */
export const publicOnly =
  (resolve: Resolve, allowPrivate: boolean): LookupFunction =>
  (name, options, answer) => {
    const found = async () => {
      const addresses = await resolve(name)
      if (addresses.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' })
      if (!allowPrivate && !addresses.every(isPublicAddress)) throw new PrivateAddress(name)
      return addresses.map((address) => ({ address, family: isIP(address) }))
    }
    found().then(
      (addresses) =>
        options.all ? answer(null, addresses) : answer(null, addresses[0]!.address, addresses[0]!.family),
      (error: NodeJS.ErrnoException) => answer(error, ''),
    )
  }
