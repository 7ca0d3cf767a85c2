import { createHash } from 'node:crypto'

/** Directives that would keep the page out of the phone's frame, or send it to https that is not there. */
const DROPPED = new Set([
  'frame-ancestors',
  'upgrade-insecure-requests',
  'block-all-mixed-content',
  'report-uri',
])

/**
 * The policy of the copy that a phone shows: everything the page declared, except that it may be framed and that
 * one inline script, the bridge, may run. The shipped page keeps its own header.
 */
export function admitBridge(policy: string, bridge: string): string {
  const hash = `'sha256-${createHash('sha256').update(bridge).digest('base64')}'`
  return policy
    .split(',')
    .map((one) => admit(one, hash))
    .filter((one) => one !== '')
    .join(', ')
}

function admit(policy: string, hash: string): string {
  const directives = new Map<string, string[]>()
  for (const directive of policy.split(';')) {
    const [name, ...sources] = directive.trim().split(/\s+/)
    if (name && !DROPPED.has(name.toLowerCase()) && !directives.has(name.toLowerCase())) {
      directives.set(name.toLowerCase(), sources)
    }
  }
  const governing = ['script-src-elem', 'script-src', 'default-src'].find((name) => directives.has(name))
  if (governing !== undefined) {
    const sources = directives.get(governing) ?? []
    const target = governing === 'default-src' ? 'script-src' : governing
    if (!allowsInline(sources)) {
      directives.set(target, [...sources.filter((source) => source !== "'none'"), hash])
    }
  }
  return [...directives].map(([name, sources]) => [name, ...sources].join(' ')).join('; ')
}

/** A hash beside 'unsafe-inline' switches the latter off, so a page that relies on it is left alone. */
function allowsInline(sources: readonly string[]): boolean {
  return (
    sources.includes("'unsafe-inline'") &&
    !sources.some((source) => /^'(?:nonce-|sha\d+-|strict-dynamic)/.test(source))
  )
}
