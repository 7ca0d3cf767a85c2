import { readFileSync } from 'node:fs'

/** What is read of a JSON schema, as OpenAPI 2 and 3 write it. */
export type Schema = {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  allOf?: Schema[]
  enum?: unknown[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  $ref?: string
}

type Response = { schema?: Schema; content?: Record<string, { schema?: Schema }> }
type Operation = { responses: Record<string, Response | undefined> }
type Document = { paths: Record<string, Record<string, Operation | undefined>> }

/** The answers that an OpenAPI description promises. */
export type Description = {
  /** Null: an answer without a body. 'status': this one is not among its answers. 'address': it is not described. */
  answerOf(method: string, address: string, status: number): Schema | null | 'status' | 'address'
}

/** Names in braces differ from one description to the next. */
const nameless = (address: string) => address.replace(/\{\w+\}/g, '{}')

/** Reads a description in JSON, OpenAPI 2 or 3, with or without references inside it. Throws what to do about a wrong file. */
export function readDescription(file: string): Description {
  let document: Document
  try {
    document = JSON.parse(readFileSync(file, 'utf8')) as Document
  } catch (error) {
    throw new Error(`${file} is not readable as JSON: ${(error as Error).message}`, { cause: error })
  }
  if (typeof document.paths !== 'object')
    throw new Error(`${file} has no "paths": give an OpenAPI description`)
  const operations = new Map<string, Operation>()
  for (const [address, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation?.responses) operations.set(`${method} ${nameless(address)}`, operation)
    }
  }
  return {
    answerOf(method, address, status) {
      const operation = operations.get(`${method.toLowerCase()} ${nameless(address)}`)
      if (!operation) return 'address'
      const response = operation.responses[status]
      if (!response) return 'status'
      const schema = response.schema ?? response.content?.['application/json']?.schema
      return schema ? flatten(document, schema) : null
    },
  }
}

/** The same without references and without allOf: what any of its parts requires or names, it does. */
function flatten(document: Document, schema: Schema): Schema {
  const { $ref, allOf = [], properties = {}, items, ...own } = schema
  const target = $ref ? flatten(document, resolve(document, $ref)) : {}
  const parts = [target, ...allOf.map((part) => flatten(document, part))]
  const fields = [...parts.map((part) => part.properties ?? {}), properties]
  const merged: Record<string, Schema> = {}
  for (const [name, field] of fields.flatMap((one) => Object.entries(one))) {
    // The same field in two parts: both count.
    merged[name] = flatten(document, merged[name] ? { allOf: [merged[name], field] } : field)
  }
  return {
    ...Object.assign({}, ...parts),
    ...own,
    required: [...parts.flatMap((part) => part.required ?? []), ...(own.required ?? [])],
    ...(Object.keys(merged).length > 0 && { properties: merged }),
    ...(items && { items: flatten(document, items) }),
  }
}

function resolve(document: Document, pointer: string): Schema {
  let found: unknown = document
  for (const name of pointer.replace(/^#\//, '').split('/')) {
    found = (found as Record<string, unknown> | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  if (typeof found !== 'object' || found === null)
    throw new Error(`the description has nothing at ${pointer}`)
  return found as Schema
}
