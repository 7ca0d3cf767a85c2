import type { Parameters } from './signature.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** The parameters of a request: of the address, and of the form in the body. Null: they are not UTF-8, or repeated. */
export function readParameters(url: string, contentType: string, body: Buffer): Parameters | null {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
  const isForm = /^application\/x-www-form-urlencoded/i.test(contentType)
  const form = isForm ? textOf(body) : ''
  if (form === null) return null
  const parameters: Parameters = {}
  for (const [name, value] of [...new URLSearchParams(query), ...new URLSearchParams(form)]) {
    if (Object.hasOwn(parameters, name)) return null
    Object.defineProperty(parameters, name, { value, enumerable: true, writable: true, configurable: true })
  }
  return parameters
}

function textOf(body: Buffer): string | null {
  try {
    return UTF8.decode(body)
  } catch {
    return null
  }
}
