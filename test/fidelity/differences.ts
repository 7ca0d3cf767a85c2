import type { Schema } from './description.ts'

/** Where a value is not what its schema says, in words: `amount.total: "1" is no integer`. */
export function differences(schema: Schema, value: unknown, at = ''): string[] {
  const place = at === '' ? 'the answer' : at
  if (schema.type === 'object' || schema.properties) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${place} is no object`]
    return ofObject(schema, value as Record<string, unknown>, at)
  }
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return [`${place} is no list`]
    const { minItems = 0, maxItems = Infinity, items = {} } = schema
    const isCounted = value.length >= minItems && value.length <= maxItems
    const own = isCounted ? [] : [`${place} has ${value.length} elements, not ${minItems} to ${maxItems}`]
    return [...own, ...value.flatMap((item, index) => differences(items, item, `${at}[${index}]`))]
  }
  return ofScalar(schema, value).map((fault) => `${place}: ${JSON.stringify(value)} ${fault}`)
}

function ofObject(
  { properties, required = [] }: Schema,
  value: Record<string, unknown>,
  at: string,
): string[] {
  const inside = (name: string) => (at === '' ? name : `${at}.${name}`)
  const missing = [...new Set(required)].filter((name) => value[name] === undefined)
  // An object of which nothing is described may hold anything.
  const unknown = properties ? Object.keys(value).filter((name) => !Object.hasOwn(properties, name)) : []
  return [
    ...missing.map((name) => `${inside(name)} is missing`),
    ...unknown.map((name) => `${inside(name)} is not described`),
    ...Object.entries(properties ?? {}).flatMap(([name, field]) =>
      value[name] === undefined ? [] : differences(field, value[name], inside(name)),
    ),
  ]
}

const IS: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/
const isTime = (text: string) => RFC_3339.test(text) && !Number.isNaN(Date.parse(text))
const HAS_FORMAT: Record<string, (value: unknown) => boolean> = {
  rfc3339: (value) => isTime(String(value)),
  'date-time': (value) => isTime(String(value)),
  base64: (value) => /^[A-Za-z0-9+/]+={0,2}$/.test(String(value)),
  integer: (value) => Number.isSafeInteger(value),
  int32: (value) => Number.isSafeInteger(value),
  int64: (value) => Number.isSafeInteger(value),
  uri: (value) => URL.canParse(String(value)),
  jsonObjectLike: (value) => isJsonObject(String(value)),
}

function isJsonObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  } catch {
    return false
  }
}

function ofScalar(schema: Schema, value: unknown): string[] {
  const { type, format, pattern } = schema
  if (type !== undefined && IS[type] && !IS[type](value)) return [`is no ${type}`]
  const faults: string[] = []
  if (schema.enum && !schema.enum.includes(value)) faults.push(`is none of ${schema.enum.join(', ')}`)
  if (format !== undefined && HAS_FORMAT[format] && !HAS_FORMAT[format](value)) faults.push(`is no ${format}`)
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(String(value))) {
    faults.push(`does not match ${pattern}`)
  }
  const size = typeof value === 'string' ? [...value].length : 0
  const { minLength = 0, maxLength = Infinity, minimum = -Infinity, maximum = Infinity } = schema
  if (typeof value === 'string' && (size < minLength || size > maxLength)) {
    faults.push(`has ${size} characters, not ${minLength} to ${maxLength}`)
  }
  if (typeof value === 'number' && (value < minimum || value > maximum)) {
    faults.push(`is not within ${minimum} and ${maximum}`)
  }
  return faults
}
