import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playScenario } from '../../sandbox/play/play-scenario.ts'
import { readScenario } from '../../sandbox/play/read-scenario.ts'
import { followClock } from '../../server/config/remote-clock.ts'
import { systemClock, type Clock } from '../../server/shared/clock.ts'
import { openShop, type Shop } from '../support/shop.ts'

const folder = join(import.meta.dirname, '../../sandbox/scenarios')
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

let shop: Shop
let followed: Awaited<ReturnType<typeof followClock>>
beforeAll(async () => {
  // As in the demonstration, the server follows the sandbox's clock: scenarios move that one.
  let clock: Clock = systemClock
  shop = await openShop({ clock: { now: () => clock.now() } })
  followed = await followClock(`${shop.sandbox.url}/_sandbox/clock`)
  clock = followed
})
afterAll(async () => {
  followed.stop()
  await shop.close()
})

test.each(files)('%s goes as it is written, and the verdict is clean', async (name) => {
  const scenario = readScenario(join(folder, name))
  expect(scenario.steps.at(-1)).toMatchObject({ kind: 'verdict', counts: {} })
  const stage = { sandbox: shop.sandbox.url, server: shop.url, token: shop.operatorToken }
  await playScenario(scenario, stage)
})
