import type { AttemptView, CallView } from '../sandbox/views.ts'

/** Made anew by whatever sends the request. */
const LEFT_OUT = ['host', 'content-length', 'connection', 'accept-encoding', 'transfer-encoding', 'expect']

/** In single quotes, for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A request as one command of a POSIX shell, a header a line. */
function curl(method: string, url: string, headers: CallView['headers'], body: string): string {
  const lines = Object.entries(headers)
    .filter(([name, value]) => value !== undefined && !LEFT_OUT.includes(name.toLowerCase()))
    .map(([name, value]) => `-H ${quoted(`${name}: ${Array.isArray(value) ? value.join(', ') : value}`)}`)
  if (body !== '') lines.push(`--data-raw ${quoted(body)}`)
  return [`curl -X ${method} ${quoted(url)}`, ...lines].join(' \\\n  ')
}

/**
 * A call as curl sends it to this sandbox again, with the signature it had.
 * @param origin of the sandbox, e.g. http://127.0.0.1:4010
 */
export const curlOfCall = ({ method, url, headers, body }: CallView, origin: string): string =>
  curl(method, origin + url, headers, body)

/** An attempt of a notification as curl sends it to the merchant again. */
export const curlOfAttempt = ({ headers, body }: AttemptView, url: string): string =>
  curl('POST', url, headers, body)
