import { createHash } from 'node:crypto'
import type { Slip } from './signature-finding.ts'
import { requestText } from './signature.ts'

/** The parts of a request that are signed, as they arrived. */
export interface SignedParts {
  method: string
  url: string
  timestamp: string
  nonce: string
  body: string
  /** Of the Host header: some clients sign the whole address. */
  host: string
}

/** A text that a client may have signed instead, and what is wrong with it. */
export interface Candidate {
  text: string
  slips: Slip[]
}

type Variant = [value: string, slip?: Slip]

/** WeChat's host and the one that stands by for it: https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
const BUILT_IN_HOSTS = ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com']

/**
 * Finds the text with this digest among those that clients sign by mistake. An RSA signature gives the digest away to
 * whoever has the public key, not the text.
 * @returns null when it is none of them
 */
export function findSignedText(parts: SignedParts, digest: Buffer): Candidate | null {
  for (const candidate of candidates(parts)) {
    if (createHash('sha256').update(candidate.text).digest().equals(digest)) return candidate
  }
  return null
}

/** The text that WeChat verifies. */
export function expectedText({ body, ...rest }: SignedParts): string {
  return requestText({ ...rest, body: Buffer.from(body) }).toString()
}

/** Every combination; those with fewer slips are not first, since no two of them are the same text. */
function* candidates(parts: SignedParts): Generator<Candidate> {
  const { timestamp, nonce } = parts
  for (const [head, ...headSlips] of heads(parts)) {
    for (const [middle, middleSlip] of [
      [[timestamp, nonce]],
      [[nonce, timestamp], 'nonce-before-timestamp'],
    ] as [string[], Slip?][]) {
      for (const [body, bodySlip] of bodies(parts.body)) {
        const lines = [...head, ...middle, body]
        for (const [text, endSlip] of endings(lines)) {
          const slips = [...headSlips, middleSlip, bodySlip, endSlip].filter((slip) => slip !== undefined)
          yield { text, slips }
        }
      }
    }
  }
}

function heads({ method, url, host }: SignedParts): [string[], ...(Slip | undefined)[]][] {
  const methods: Variant[] = [[method], [method.toLowerCase(), 'method-lower-case']]
  const paths: Variant[] = [[url], [decoded(url), 'url-decoded']]
  if (url.includes('?')) paths.push([url.split('?')[0]!, 'url-without-query'])
  const urls = paths.flatMap(([address, slip]): [string, ...(Slip | undefined)[]][] => [
    [address, slip],
    [address.replace(/^\//, ''), slip, 'url-without-slash'],
    ...origins(host).map((origin): [string, ...(Slip | undefined)[]] => [
      `${origin}${address}`,
      'url-whole',
      slip,
    ]),
  ])
  const pairs = methods.flatMap(([verb, verbSlip]) =>
    urls.map(([address, ...urlSlips]): [string[], ...(Slip | undefined)[]] => [
      [verb, address],
      verbSlip,
      ...urlSlips,
    ]),
  )
  return [...pairs, [[], 'no-method-and-url']]
}

/**
 * What a client may have put before the path: the host it asked, or the one it has built in, since a proxy or a
 * transport can change the host after the signature was made.
 */
function origins(host: string): string[] {
  const hosts = new Set([host, host.replace(/:\d+$/, ''), ...BUILT_IN_HOSTS])
  return [...hosts].flatMap((name) => [`https://${name}`, `http://${name}`, `//${name}`, name])
}

function bodies(body: string): Variant[] {
  const variants: Variant[] = [
    [body],
    ['', 'body-left-out'],
    ['null', 'body-null'],
    ['{}', 'body-empty-object'],
  ]
  const json = parsed(body)
  if (json === undefined) return variants
  const compact = JSON.stringify(json)
  return [
    ...variants,
    [compact, 'body-compact'],
    [JSON.stringify(json, null, 2), 'body-indented'],
    [JSON.stringify(json, null, 4), 'body-indented'],
    // As Python's json.dumps writes it, with and without its escapes.
    [spaced(json), 'body-spaced'],
    [escaped(spaced(json)), 'body-spaced'],
    // As PHP's json_encode writes it.
    [escaped(compact).replaceAll('/', '\\/'), 'body-escaped'],
    [escaped(compact), 'body-escaped'],
    [compact.replaceAll('/', '\\/'), 'body-escaped'],
  ]
}

function endings(lines: string[]): Variant[] {
  return [
    [lines.map((line) => `${line}\n`).join('')],
    [lines.join('\n'), 'no-last-line-feed'],
    [lines.map((line) => `${line}\r\n`).join(''), 'carriage-returns'],
    [lines.map((line) => `${line}\\n`).join(''), 'line-feeds-spelt-out'],
  ]
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

function parsed(body: string): unknown {
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null ? json : undefined
  } catch {
    return undefined
  }
}

function spaced(json: unknown): string {
  if (Array.isArray(json)) return `[${json.map(spaced).join(', ')}]`
  if (typeof json !== 'object' || json === null) return JSON.stringify(json)
  return `{${Object.entries(json)
    .map(([name, value]) => `${JSON.stringify(name)}: ${spaced(value)}`)
    .join(', ')}}`
}

const escaped = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
