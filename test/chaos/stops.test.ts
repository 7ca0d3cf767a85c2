import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runStopCampaign } from '../stops/campaign.ts'
import { createTestDatabase } from '../support/postgres.ts'

/** A small sample; `npm run stops` has twenty stops, the version before, and PostgreSQL away. */
test('a stop of one of two servers behind a keep-alive balancer fails no request and loses nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qiaofu-stop-'))
  const database = await createTestDatabase()
  try {
    const told: string[] = []
    const { failedCount, judgement } = await runStopCampaign({
      stops: 1,
      oldVersion: null,
      outages: false,
      folder,
      databaseUrl: database.url,
      tell: (line) => void told.push(line),
    })
    expect(told.join()).toMatch(/exit codes 0.*, 0 failed/)
    expect(failedCount).toBe(0)
    expect(judgement.lines.at(-1)).toMatch(/: 0 differences$/)
  } finally {
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  }
})
