import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { repository } from '../../scripts/data-folder.ts'

type Violation = { from: string; rule: { name: string } }

/** One file for each way to break the house's rules; what it imports is a file of this list or a package. */
const files: Record<string, string> = {
  'contract/order.ts': 'export type Order = 1',
  'contract/clever.ts': "import { z } from '../server/payments/pay.ts'\nexport const v = z",
  'server/payments/pay.ts': 'export const z = 1',
  'server/orders/impatient.ts': "import { z } from '../payments/pay.ts'\nexport const o = z",
  'server/catalog/early.ts': "import type { O } from '../orders/impatient.ts'\nexport type C = O",
  'server/deliveries/nosy.ts': "import type { P } from '../payments/pay.ts'\nexport type D = P",
  'server/payments/thrifty.ts': "import { r } from '../refunds/refund.ts'\nexport const p = r",
  'server/refunds/refund.ts': "import { m } from '../reconciliation/sum.ts'\nexport const r = m",
  'server/reconciliation/sum.ts': 'export const m = 1',
  'server/refunds/webby.ts': "import { h } from '../http/route.ts'\nexport const r = h",
  'server/orders/sql.ts': "import pg from 'pg'\nexport const p = pg",
  'server/orders/order-state.ts': "import { randomUUID } from 'node:crypto'\nexport const x = randomUUID",
  'server/store/asks.ts': "import { c } from '../channels/wire.ts'\nexport const s = c",
  'server/channels/wire.ts': 'export const c = 1',
  'server/channels/keeps.ts': "import { s } from '../store/asks.ts'\nexport const c = s",
  'server/http/route.ts': "import { j } from '../jobs/sweep.ts'\nexport const h = j",
  'server/jobs/sweep.ts': "import { h } from '../http/route.ts'\nexport const j = h",
  'server/demo.ts': "import { d } from '../sandbox/copied.ts'\nexport const k = d",
  'server/lazy.ts':
    "import type { Order } from '../contract/order.ts'\nimport { Order as O } from '../contract/order.ts'\nexport type K = [Order, O]",
  'server/tested.ts': "import { JSDOM } from 'jsdom'\nexport const k = JSDOM",
  'server/borrowed.ts': "import tar from 'tar-fs'\nexport const k = tar",
  'server/gone.ts': "import { g } from './nowhere.ts'\nexport const k = g",
  'sandbox/copied.ts': "import { c } from '../server/channels/wire.ts'\nexport const d = c",
  'miniprogram/outside.ts': "import { v } from '../contract/clever'\nexport const h = v",
  'test/chaos/checker/biased.ts': "import { z } from '../../../server/payments/pay.ts'\nexport const c = z",
  'h5/knowing.ts': "import { z } from '../server/payments/pay.ts'\nexport const h = z",
}

const expected: Record<string, string> = {
  'contract-imports-nothing-else': 'contract/clever.ts',
  'contract-is-types-only': 'server/lazy.ts',
  'catalog-calls-no-higher-noun': 'server/catalog/early.ts',
  'deliveries-calls-no-higher-noun': 'server/deliveries/nosy.ts',
  'orders-calls-no-higher-noun': 'server/orders/impatient.ts',
  'payments-calls-no-higher-noun': 'server/payments/thrifty.ts',
  'refunds-calls-no-higher-noun': 'server/refunds/refund.ts',
  'nouns-know-no-edge': 'server/refunds/webby.ts',
  'nouns-know-no-framework': 'server/orders/sql.ts',
  'pure-files-stay-pure': 'server/orders/order-state.ts',
  'store-knows-no-channel': 'server/store/asks.ts',
  'channel-knows-no-store': 'server/channels/keeps.ts',
  'http-and-jobs-stand-apart': 'server/http/route.ts',
  'jobs-know-no-http': 'server/jobs/sweep.ts',
  'no-cycle': 'server/http/route.ts',
  'server-knows-no-sandbox': 'server/demo.ts',
  'sandbox-knows-no-server': 'sandbox/copied.ts',
  'checker-knows-nobody': 'test/chaos/checker/biased.ts',
  'production-needs-no-development-package': 'server/tested.ts',
  'no-package-by-accident': 'server/borrowed.ts',
  resolvable: 'server/gone.ts',
  'miniprogram-imports-types-only': 'miniprogram/outside.ts',
  'h5-knows-the-wire-only': 'h5/knowing.ts',
}

let folder: string
let violations: Violation[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qiaofu-rules-'))
  for (const name of ['package.json', 'tsconfig.base.json', '.dependency-cruiser.cjs'])
    copyFileSync(join(repository, name), join(folder, name))
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const cruiser = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const folders = ['contract', 'server', 'sandbox', 'miniprogram', 'h5', 'test']
  const { stdout } = spawnSync(
    process.execPath,
    [cruiser, '--no-cache', '--output-type', 'json', ...folders],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  )
  violations = JSON.parse(stdout).summary.violations
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the import rules', () => {
  test.each(Object.entries(expected))('%s catches %s', (rule, file) => {
    const caught = violations.filter((violation) => violation.rule.name === rule)
    expect(caught.map((violation) => violation.from)).toContain(file)
  })

  test('are all proven here', () => {
    const { forbidden } = createRequire(import.meta.url)(join(repository, '.dependency-cruiser.cjs'))
    expect(Object.keys(expected).sort()).toEqual(forbidden.map((rule: { name: string }) => rule.name).sort())
  })
})
