import { hash } from 'node:crypto'
import { onePiece } from '../world/texts.ts'

/** A short digest that is equal for equal parameters: neither the order of keys nor a null makes a difference. */
export function parametersDigest(parameters: unknown): string {
  return onePiece(hash('sha256', canonical(parameters), 'base64url').slice(0, 22))
}

/** JSON in which an object is the list of its pairs, sorted by name, without those whose value is null. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const named = value as Record<string, unknown>
  const names = Object.keys(named).filter((name) => named[name] !== null)
  return `[${names
    .sort()
    .map((name) => `[${JSON.stringify(name)},${canonical(named[name])}]`)
    .join()}]`
}
