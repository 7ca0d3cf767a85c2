import rows from './user-agents.json' with { type: 'json' }

/** One user agent that a shop's page meets. */
export interface UserAgentRow {
  /** The program that sends it, and on what; unique. */
  client: string
  /**
   * Where it was seen. A file of matomo-org/device-detector (commit 3856a286) or of faisalman/ua-parser-js (commit 18d39b53),
   * a document, or a request of the client that stands in public source code; "not captured" where it was put together.
   */
  source: string
  userAgent: string
  /** `window.__wxjs_environment`, where the client sets it. */
  wxjsEnvironment?: string
  /** What the H5 takes it for: the names of h5/entry/environment.ts. */
  is: string
}

/**
 * The clients that a shop's page meets. Tests walk the rows (test/unit/h5-entry.test.ts), and the phone's devices take their
 * user agents from them (profiles.ts).
 */
export const userAgents: readonly UserAgentRow[] = rows

/**
 * The user agent of one client.
 * @throws TypeError when the table has no such client
 */
export function userAgentOfClient(client: string): string {
  const row = userAgents.find((one) => one.client === client)
  if (row === undefined) throw new TypeError(`no user agent of "${client}"`)
  return row.userAgent
}
