import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCampaign } from '../fuzz/campaign.ts'
import { openStage } from '../support/sandbox-rules/rule.ts'

// A small part of `npm run fuzz:sandbox`; a campaign that finds something leaves its seed here.
test.each([1, 2])('bad requests of seed %i get WeChat’s own errors or a clear 4xx', async (seed) => {
  const phoneDir = mkdtempSync(join(tmpdir(), 'sandbox-phone-'))
  writeFileSync(join(phoneDir, 'index.html'), '<!doctype html><title>phone</title>')
  const stage = await openStage({ phoneDir, deskDir: phoneDir })
  const { statuses, faults } = await runCampaign(stage, { requests: 200, seed })
  await stage.close()
  rmSync(phoneDir, { recursive: true })
  expect(faults).toEqual([])
  // It meets refusals of several kinds, not one gate that refuses all.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([400, 401, 404, 405]))
})
