import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playScenario } from '../../sandbox/play/play-scenario.ts'
import { readScenario } from '../../sandbox/play/read-scenario.ts'
import { followClock } from '../../server/config/remote-clock.ts'
import { systemClock, type Clock } from '../../server/shared/clock.ts'
import { openBooks, type Books } from '../support/books.ts'
import { openShop, type Shop } from '../support/shop.ts'

const folder = join(import.meta.dirname, '../../sandbox/scenarios')
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

let shop: Shop
let books: Books
let followed: Awaited<ReturnType<typeof followClock>>
beforeAll(async () => {
  // As in the demonstration, the server follows the sandbox's clock: scenarios move that one.
  let clock: Clock = systemClock
  shop = await openShop({ server: { clock: { now: () => clock.now() } } })
  followed = await followClock(`${shop.sandbox.url}/_sandbox/clock`)
  clock = followed
  books = await openBooks(shop)
})
afterAll(async () => {
  followed.stop()
  await books.close()
  await shop.close()
})

test.each(files)('%s goes as it is written, and the verdict is clean', async (name) => {
  const scenario = readScenario(join(folder, name))
  expect(scenario.steps.at(-1)).toMatchObject({ kind: 'verdict', counts: {} })
  const stage = { sandbox: shop.sandbox.url, server: shop.url, token: shop.operatorToken }
  await playScenario(scenario, stage)
})

test('what is planted in the books afterwards is found, each by its kind', async () => {
  expect(files).toHaveLength(10)
  const kinds = async () => {
    const url = `${shop.sandbox.url}/_sandbox/verdict?server=${shop.url}`
    const answer = await fetch(url, { headers: { authorization: `Bearer ${shop.operatorToken}` } })
    const { differences } = (await answer.json()) as { differences: { kind: string }[] }
    return differences.map(({ kind }) => kind).toSorted()
  }
  expect(await kinds()).toEqual([])
  await books.rows(`update payments set state = 'closed', kept = false, transaction_id = null, paid_at = null,
    paid_by = null
    where out_trade_no = (select max(out_trade_no) from payments group by order_id
      having count(*) = 1 and bool_and(kept and refund_count = 0) limit 1)`)
  expect(await kinds()).toEqual(['lost'])
  await books.rows('drop index one_kept_payment')
  await books.rows(`update payments set kept = true where state = 'paid' and not kept`)
  expect(await kinds()).toEqual(['doubled', 'lost'])
  await books.rows(`update refunds set amount_fen = amount_fen + 1 where origin = 'surplus'`)
  expect(await kinds()).toEqual(['doubled', 'lost', 'refund-amount'])
  const [first] = await books.rows<{ no: string }>(
    `update refunds set state = 'closed', succeeded_at = null where out_refund_no =
       (select out_refund_no from refunds where origin = 'operator' limit 1) returning out_refund_no as no`,
  )
  expect(await kinds()).toEqual(['doubled', 'lost', 'refund-amount', 'refund-state'])
  await books.rows(`delete from refunds where origin = 'operator' and out_refund_no <> $1`, [first!.no])
  expect(await kinds()).toEqual(['doubled', 'lost', 'refund-amount', 'refund-missing', 'refund-state'])
})
