/** What came back. */
export interface Reply {
  status: number
  headers: Record<string, string>
  body: unknown
}

const ANSWER_WITHIN_MS = 30_000

/** One request; a body travels as JSON, and redirects are not followed. */
export async function send(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Reply> {
  const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { accept: 'application/json, */*', 'user-agent': 'qiaofu-scenario', ...json, ...headers },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: headersOf(response), body: parsed(text) }
}

/** Several cookies are one text, as other headers are. */
function headersOf({ headers }: Response): Record<string, string> {
  const cookies = headers.getSetCookie().join(', ')
  return { ...Object.fromEntries(headers), ...(cookies !== '' && { 'set-cookie': cookies }) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The beginning of what came back, for a fault. */
export const shortly = ({ body }: Reply): string => JSON.stringify(body).slice(0, 300)
