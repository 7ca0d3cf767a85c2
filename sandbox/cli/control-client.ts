import { Failed } from './misused.ts'

/** GET without a body, POST with one, below /_sandbox. Throws Failed with the sandbox's own sentence when it refuses. */
export async function control<Answer>(sandbox: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${sandbox}/_sandbox${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const answer = (await response.json()) as Answer & { message?: string }
  if (response.status >= 400) throw new Failed(`${path}: ${answer.message ?? response.status}`)
  return answer
}
