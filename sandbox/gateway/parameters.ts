import { createHash } from 'node:crypto'

/** A short digest that is equal for equal parameters: neither the order of keys nor a null makes a difference. */
export function parametersDigest(parameters: unknown): string {
  const text = JSON.stringify(canonical(parameters))
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, canonical(inner)])
}
