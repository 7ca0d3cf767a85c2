import { randomBytes } from 'node:crypto'

/** Values that steps saved or files set. `fresh` is 24 new hexadecimal digits each time. */
export type Variables = Record<string, unknown>

/** A name in ${…} that nobody set. */
export class UnknownVariable extends Error {}

const REFERENCE = /\$\{([A-Za-z][\w.]*)\}/g

/** Puts values in place of ${name} and ${name.field}, everywhere in a value. A text that is one reference becomes it. */
export function filledIn<Value>(value: Value, variables: Variables): Value {
  return fill(value, variables) as Value
}

function fill(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') {
    const [whole] = value.match(REFERENCE) ?? []
    if (whole === value) return lookUp(value.slice(2, -1), variables)
    return value.replace(REFERENCE, (_, name: string) => String(lookUp(name, variables)))
  }
  if (Array.isArray(value)) return value.map((one) => fill(one, variables))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, one]) => [
    String(fill(key, variables)),
    fill(one, variables),
  ])
  return Object.fromEntries(entries)
}

function lookUp(name: string, variables: Variables): unknown {
  if (name === 'fresh') return randomBytes(12).toString('hex')
  const found = valueAt(variables, name.split('.'))
  if (found !== undefined) return found
  const known = Object.keys(variables).toSorted().join(', ')
  throw new UnknownVariable(`\${${name}} is not set; there are ${known} and fresh`)
}

/** What lies at a path of names and indexes; undefined: nothing. */
export function valueAt(value: unknown, names: readonly string[]): unknown {
  let found = value
  for (const name of names) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}
