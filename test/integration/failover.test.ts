import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Order } from '../../contract/order.ts'
import { hostUrls } from '../../server/config/database-url.ts'
import { newKey, signIn, type Customer } from '../support/customer.ts'
import { openPostgresPair, type PostgresPair } from '../support/postgres-pair.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

const RECOVERY_MS = 5_000
/** Customers who place one order after the other. */
const CROWD = 8

describe('a standby that is promoted under load', () => {
  let pair: PostgresPair
  let shop: Shop
  let crowd: Customer[]
  beforeAll(async () => {
    pair = await openPostgresPair()
    shop = await openShop({ database: { url: pair.url, drop: async () => {} } })
    const users = await Promise.all(
      Array.from({ length: CROWD }, (_, i) => shop.sandbox.addUser(`buyer-${i}`)),
    )
    crowd = await Promise.all(users.map((user) => signIn(shop, user)))
  })
  afterAll(async () => {
    await shop?.close()
    await pair?.close()
  })

  test('serves again within five seconds, and nothing that was acknowledged is lost', async () => {
    const acknowledged: { id: string; buyer: Customer }[] = []
    const statuses = new Set<number>()
    let isOver = false
    const lines = [{ productId: 'tea-longjing', quantity: 1 }]
    const buy = async (buyer: Customer) => {
      while (!isOver) {
        const { status, body } = await buyer.post<Order>('/orders', { lines }, newKey())
        statuses.add(status)
        if (status === 201) acknowledged.push({ id: body.id, buyer })
      }
    }
    const buying = crowd.map(buy)
    await until(async () => acknowledged.length > CROWD)
    pair.killPrimary()
    await until(async () => statuses.has(503))
    await pair.promote()
    const promotedAt = performance.now()
    const before = acknowledged.length
    await until(async () => acknowledged.length > before)
    expect(performance.now() - promotedAt).toBeLessThan(RECOVERY_MS)
    isOver = true
    await Promise.all(buying)
    expect([...statuses].toSorted()).toEqual([201, 503])
    for (const { id, buyer } of acknowledged) expect((await buyer.detail(id)).id).toBe(id)
  }, 60_000)
})

describe('DATABASE_URL', () => {
  const read = (url: string) => () => hostUrls(url)

  test('may name several hosts, of which the one that takes writes is used', () => {
    expect(hostUrls('postgres://u:p%40@db1:5432,db2/shop?target_session_attrs=read-write&ssl=true')).toEqual([
      'postgres://u:p%40@db1:5432/shop?ssl=true',
      'postgres://u:p%40@db2/shop?ssl=true',
    ])
    expect(hostUrls('postgresql://[::1]:5432/shop')).toEqual(['postgresql://[::1]:5432/shop'])
    expect(hostUrls('postgres:///shop?host=%2Frun%2Fpostgresql')).toHaveLength(1)
  })

  test('that cannot be used is refused with what to write instead, and without the password', () => {
    expect(read('localhost:5432')).toThrow('e.g. postgres://user:password@127.0.0.1:5432/qiaofu')
    expect(read('postgres://u:secret@db1:no,db2/shop')).toThrow(/^(?!.*secret)/s)
    expect(read('postgres://db1,db2/shop?target_session_attrs=any')).toThrow('must be read-write, not any')
    expect(read('postgres:///shop?host=db1,db2')).toThrow('name several hosts before the slash')
  })
})
