/**
 * Where a page lives when a phone looks at it. Each phone browses through an origin of its own,
 * http://NAME.localhost:PORT: the home upstream (the H5) keeps its paths, every other origin hangs below
 * /~/{http|https}/{host}/. Pure: the proxy and the page use the same rules.
 */
const FOREIGN = /^\/~\/(https?)\/([^/?#]+)(.*)$/s
const PHONE_HOST = /^([a-z][a-z0-9]{0,15})\.localhost(?::\d+)?$/

/**
 * What a develop version of the mini-program calls its server: the address of `npm start`. On a phone it means the H5
 * that the sandbox was started with, as a line in a hosts file would make it, so that tests may listen elsewhere.
 */
const DEMO_ORIGIN = 'http://127.0.0.1:3000'

/** @returns the address that is really asked for `url` */
export function throughHosts(url: URL, homeOrigin: string | undefined): URL {
  if (homeOrigin === undefined || url.origin !== DEMO_ORIGIN) return url
  return new URL(homeOrigin + url.pathname + url.search + url.hash)
}

/** @returns the phone a Host header names, or null when the request is not a phone's. */
export function phoneOfHost(host: string | undefined): string | null {
  return PHONE_HOST.exec(host?.toLowerCase() ?? '')?.[1] ?? null
}

/** @returns the origin a phone browses through, e.g. http://a.localhost:4010 */
export function phoneOrigin(phone: string, sandboxUrl: string): string {
  const { port } = new URL(sandboxUrl)
  return `http://${phone}.localhost${port ? `:${port}` : ''}`
}

/** @returns the path, query and fragment under the phone's origin that show an upstream address. */
export function toPhonePath(upstream: URL, homeOrigin: string | undefined): string {
  const rest = upstream.pathname + upstream.search + upstream.hash
  if (throughHosts(upstream, homeOrigin).origin === homeOrigin) return rest
  return `/~/${upstream.protocol.slice(0, -1)}/${upstream.host}${rest}`
}

/**
 * @param path path, query and fragment as the phone's origin sees them
 * @returns the upstream address, or null when it has no home or is malformed
 */
export function toUpstream(path: string, homeOrigin: string | undefined): URL | null {
  const [, protocol, host, rest] = FOREIGN.exec(path) ?? []
  if (protocol && host)
    return URL.parse(`${protocol}://${host}${rest?.startsWith('/') ? rest : `/${rest ?? ''}`}`)
  // Appended, not resolved: "//host/x" is a path of the home here, never another host.
  return homeOrigin === undefined ? null : URL.parse(homeOrigin + path)
}

/** Whether a host name can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
