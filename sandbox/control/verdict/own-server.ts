import { readFileSync } from 'node:fs'
import { isLoopbackHost } from '../../world/loopback.ts'

/** The server that was started together with the sandbox, whose books it may read without being given a token. */
export interface OwnServer {
  /** e.g. http://127.0.0.1:3000 */
  origin: string
  /** Holds an operator's token. Read at each use: npm start writes it after the sandbox is up. */
  tokenFile: string
}

/**
 * The server of `--h5`, when a token file was given with it. Undefined unless both the sandbox and that server are
 * reachable from this machine only: a sandbox that other machines reach must not use a server's token for them.
 */
export function ownServer(
  h5Url: string | undefined,
  tokenFile: string | undefined,
  isLoopback: boolean,
): OwnServer | undefined {
  const url = h5Url === undefined ? null : URL.parse(h5Url)
  if (!isLoopback || tokenFile === undefined || url === null || !isLoopbackHost(url.hostname))
    return undefined
  return { origin: url.origin, tokenFile }
}

/** The Authorization header for a server's books; undefined for every origin but the own server's, and without a file. */
export function ownAuthorization(own: OwnServer | undefined, server: URL): string | undefined {
  if (own === undefined || server.origin !== own.origin) return undefined
  try {
    const token = readFileSync(own.tokenFile, 'utf8').trim()
    return token === '' ? undefined : `Bearer ${token}`
  } catch {
    return undefined
  }
}
