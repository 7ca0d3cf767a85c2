import type { z } from 'zod'

/** Names of JSON's types for the author of a configuration file. */
const nouns: Record<string, string> = {
  string: 'text in quotes',
  number: 'a number without quotes',
  int: 'a whole number without quotes',
  boolean: 'true or false without quotes',
  array: 'a list in [ ]',
  object: 'fields in { }',
  record: 'fields in { }',
}

type Issue = Parameters<z.core.$ZodErrorMap>[0]

/**
 * Words a fault of the configuration's shape as what to write instead; undefined keeps zod's own message. A schema's own message
 * comes first. Never repeats a value.
 */
export function wordFault(issue: Issue): string | undefined {
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsOf(issue.inst)
    const unknown = issue.keys.map((key) => JSON.stringify(key)).join(', ')
    return `has no field ${unknown}${known.length > 0 ? `; it may hold ${known.join(', ')}` : ''}`
  }
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'is missing'
    const wanted = nouns[issue.expected]
    return wanted && `must be ${wanted}`
  }
  return undefined
}

/** Names of the fields that an object or record takes. */
function fieldsOf(schema: unknown): string[] {
  const { def } = (schema as z.core.$ZodType | undefined)?._zod ?? {}
  if (def?.type === 'object') return Object.keys((def as z.core.$ZodObjectDef).shape)
  if (def?.type === 'record') {
    const values = (def as z.core.$ZodRecordDef).keyType._zod.values
    return [...(values ?? [])].map(String)
  }
  return []
}
