import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { repository } from '../../scripts/data-folder.ts'
import { sourceFiles } from '../../scripts/source-files.ts'
import { createRateLimiter, ticketMisses, type RequestLimit } from '../../server/http/rate-limits.ts'
import type { Database } from '../../server/store/database.ts'
import { countAttempt } from '../../server/store/rate-counters.ts'

vi.mock('../../server/store/rate-counters.ts', () => ({
  countAttempt: vi.fn<typeof countAttempt>(async () => ({ allowed: false, retryAfterMs: 60_000 })),
}))

/** Every collection that begins empty and may grow, and what bounds it. */
const bounded: Record<string, string> = {
  'server/channels/wechatpay/channel.ts': 'merchants of the configuration',
  'server/config/load-config.ts': 'fields of the configuration that are wrong, while it is read',
  'server/http/bulkhead.ts': 'requests that wait, and goes with them',
  'server/http/http-server.ts': 'open connections',
  'server/http/rate-limits.ts': 'a count, see the test below',
  'server/jobs/lanes.ts': 'payees, and the work of one batch',
  'server/jobs/look-again.ts': 'payees with a batch under way',
}

test('what grows in the server’s memory is listed with its bound', () => {
  const growing = sourceFiles('ts').filter(
    (path) =>
      path.startsWith('server/') &&
      /new (Map|Set)(<[^\n]*>)?\(\)/.test(readFileSync(join(repository, path), 'utf8')),
  )
  expect(growing.toSorted()).toEqual(Object.keys(bounded).toSorted())
})

test('of more windows than a server remembers the oldest is forgotten, and PostgreSQL asked again', async () => {
  const limiter = createRateLimiter({} as Database)
  const limit: RequestLimit = { ...ticketMisses, counts: 'requests', by: ({ req }) => String(req) }
  const ask = (subject: number) =>
    limiter.count(limit, { req: subject as never, session: undefined }).catch(() => undefined)
  const subjects = 10_001
  for (let subject = 0; subject < subjects; subject += 1) await ask(subject)
  expect(countAttempt).toHaveBeenCalledTimes(subjects)
  await ask(subjects - 1)
  expect(countAttempt).toHaveBeenCalledTimes(subjects)
  await ask(0)
  expect(countAttempt).toHaveBeenCalledTimes(subjects + 1)
})
