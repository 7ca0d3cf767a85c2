import { verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A member of a JSON object, with its value's text as it stands. */
type Member = [name: string, raw: string]

/**
 * The members of a JSON object by their raw text, in order. `json` must be valid JSON: then depth and strings are all
 * there is to look at.
 */
function membersOf(json: string): Member[] {
  const members: Member[] = []
  let depth = 0
  let start = 0
  let name: string | null = null
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at]!
    if (character === '"') {
      const end = endOfString(json, at)
      if (depth === 1 && name === null) name = JSON.parse(json.slice(at, end)) as string
      at = end - 1
    } else if (character === '{' || character === '[') depth += 1
    else if (depth === 1 && character === ':') start = at + 1
    else if (character === ',' || character === '}' || character === ']') {
      if (character !== ',') depth -= 1
      const isEnd = character === ',' ? depth === 1 : depth === 0
      if (isEnd && name !== null) {
        members.push([name, json.slice(start, at).trim()])
        name = null
      }
    }
  }
  return members
}

/** The place after the string that begins at `from`. */
function endOfString(json: string, from: number): number {
  let at = from + 1
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

/** Strict UTF-8: what cannot be decoded was not what Alipay signed. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(body: Buffer): string | null {
  try {
    const text = UTF8.decode(body)
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? text : null
  } catch {
    return null
  }
}

/** What an answer proves. */
export type Proof = { node: Record<string, unknown> } | { reason: string }

/**
 * The node of an answer whose signature verifies over exactly the bytes that are then parsed. A name that stands there
 * twice, however it is spelt, makes the answer worthless: one copy could be verified and the other believed.
 * https://opendocs.alipay.com/common/02mse7
 */
export function openNode(key: KeyObject, responseName: string, body: Buffer): Proof {
  const text = textOf(body)
  if (text === null) return { reason: 'is not a JSON object in UTF-8' }
  const members = membersOf(text)
  const byName = new Map(members)
  if (byName.size < members.length) return { reason: 'names something twice' }
  const raw = byName.get(responseName)
  const sign = byName.get('sign')
  if (raw === undefined || sign === undefined) return { reason: `is not signed${hint(byName)}` }
  const signature: unknown = JSON.parse(sign)
  const isSigned =
    typeof signature === 'string' && verify('sha256', Buffer.from(raw), key, Buffer.from(signature, 'base64'))
  if (!isSigned) return { reason: 'signature does not verify' }
  const node: unknown = JSON.parse(raw)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return { reason: 'holds no object' }
  return { node: node as Record<string, unknown> }
}

/** An unsigned refusal proves nothing, but its code helps whoever reads the log: most often the app_id is wrong. */
function hint(byName: ReadonlyMap<string, string>): string {
  const code = [...byName.values()].join(' ').match(/"sub_code":"([\w.-]{1,64})"/)?.[1]
  return code === undefined ? '' : ` (${code}); check app_id and the gateway's host`
}
