import { isPrivate } from '../../gateway/notify-url.ts'
import { isLoopbackHost } from '../../world/loopback.ts'

/** What decides which addresses the sandbox may ask. */
export interface Reach {
  /** notify_url may be http and local: then the sandbox already sends to any address it is told. */
  localNotify: boolean
  /** Nobody but this machine can reach the sandbox. */
  isLoopback: boolean
}

/**
 * Whether the sandbox may read this server's books. On one machine alone it reads from the same machine; beyond that what
 * may be notified may be asked, nothing else: whoever reaches an exposed sandbox must not look around in its network.
 * Returns the address, or a sentence that says why not.
 */
export function serverAddress(given: unknown, { localNotify, isLoopback }: Reach): URL | string {
  const url = typeof given === 'string' ? URL.parse(given) : null
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return 'server: give the address of the merchant, e.g. ?server=http://127.0.0.1:3000'
  }
  if (localNotify || (isLoopback && isLoopbackHost(url.hostname))) return url
  const isPublic = url.protocol === 'https:' && !isPrivate(url.hostname)
  if (isPublic && url.username === '' && url.search === '' && url.hash === '') return url
  return isLoopback
    ? 'server: only this machine, or a public https address; --local-notify allows others'
    : 'server: only a public https address, since this sandbox can be reached from other machines; --local-notify allows others'
}
