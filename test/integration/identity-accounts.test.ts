import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BindCode, Binding, Me } from '../../contract/session.ts'
import { mergeAccounts } from '../../server/store/accounts.ts'
import { signIn, newKey, type Customer } from '../support/customer.ts'
import { expectNoTrace, rowsOf } from '../support/fingerprint.ts'
import { openPlatformFront, type PlatformFront } from '../support/platform-front.ts'
import { expectProblem } from '../support/problem.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

let shop: Shop
let front: PlatformFront
beforeAll(async () => {
  shop = await openShop()
  front = await openPlatformFront(shop.sandbox.url)
  await shop.restart((config) => ({ ...config, hosts: { ...config.hosts, platform: front.url } }))
})
afterAll(async () => {
  await shop.close()
  await front.close()
})

const orderIds = async (who: Customer) => {
  const { body } = await who.get<{ orders: { id: string }[] }>('/orders')
  return body.orders.map(({ id }) => id).toSorted()
}
const nameOf = async (who: Customer) => (await who.get<Me>('/me')).body.displayName
const says = (fields: Record<string, unknown>) => front.alter((answer) => ({ ...answer, ...fields }))

describe('a unionid', () => {
  test('makes two doors of one person one account from the start', async () => {
    says({ unionid: 'union-of-alice' })
    const native = await signIn(shop, 'alice')
    const web = await signIn(shop, 'alice', 'official-account')
    expect(await nameOf(web)).toBe(await nameOf(native))
    expect((await web.get<Me>('/me')).body.joined).toBe(true)
  })

  test('that arrives late joins what each door had, for sessions that are open too', async () => {
    says({ unionid: undefined })
    const web = await signIn(shop, 'bob', 'official-account')
    const native = await signIn(shop, 'bob')
    const [first, second] = [await web.order(), await native.order()]
    const payment = await web.pay(first.id)
    expect(await nameOf(web)).not.toBe(await nameOf(native))
    says({ unionid: 'union-of-bob' })
    await signIn(shop, 'bob')
    expect(await orderIds(web)).toEqual([first.id])
    await signIn(shop, 'bob', 'official-account')
    for (const who of [web, native]) {
      expect(await orderIds(who)).toEqual([first.id, second.id].toSorted())
      expect((await who.detail(first.id)).payments).toMatchObject([{ id: payment.id }])
    }
    expect((await web.launch(payment.id)).package).toMatch(/^prepay_id=/)
  })

  test('is one account, however often the person signs in with it at the same moment', async () => {
    says({ unionid: 'union-of-many' })
    const before = (await rowsOf<{ unionid: string }>(shop, 'unions')).length
    const id = await shop.sandbox.addUser('many')
    const people = await Promise.all(
      [1, 2, 3, 4].flatMap(() => [signIn(shop, id), signIn(shop, id, 'official-account')]),
    )
    const names = await Promise.all(people.map(nameOf))
    expect(new Set(names).size).toBe(1)
    expect(await rowsOf(shop, 'unions')).toHaveLength(before + 1)
  })

  test('joins nobody who already has another openid of the same app: two people stay two accounts', async () => {
    says({ unionid: 'union-of-two' })
    const [one, two] = [await shop.sandbox.addUser('two-1'), await shop.sandbox.addUser('two-2')]
    const first = await signIn(shop, one)
    const order = await first.order()
    const second = await signIn(shop, two)
    expect(await nameOf(second)).not.toBe(await nameOf(first))
    expect((await second.get(`/orders/${order.id}`)).status).toBe(404)
    expect(await nameOf(await signIn(shop, one, 'official-account'))).toBe(await nameOf(first))
    expect(await nameOf(await signIn(shop, two))).toBe(await nameOf(second))
  })

  test('an order that is being placed while accounts are joined is not lost', async () => {
    says({ unionid: undefined })
    for (let round = 0; round < 5; round += 1) {
      const id = await shop.sandbox.addUser(`racer-${round}`)
      const [native, web] = [await signIn(shop, id), await signIn(shop, id, 'official-account')]
      const { code } = (await web.post<BindCode>('/bind-codes')).body
      const { join } = (await native.post<Binding>('/bindings', { code })).body
      const lines = [{ productId: 'tea-puer', quantity: 1 }]
      const keys = Array.from({ length: 6 }, newKey)
      const place = () =>
        Promise.all(keys.map((key) => native.post<{ id: string }>('/orders', { lines }, key)))
      const [bound, placed] = await Promise.all([web.post(`/joins/${join.id}/confirm`), place()])
      expect(bound.status).toBe(200)
      const again = await place()
      expect(again.every(({ status }) => status === 200 || status === 201)).toBe(true)
      const kept = placed.flatMap((answer, i) =>
        answer.status === 201 ? [[answer.body.id, again[i]!.body.id]] : [],
      )
      expect(kept.map(([first]) => first)).toEqual(kept.map(([, second]) => second))
      expect(await orderIds(web)).toEqual(again.map(({ body }) => body.id).toSorted())
    }
  })
})

describe('somebody in snapshot mode, with a made-up openid', () => {
  let guest: Customer
  beforeAll(async () => {
    front.alter((answer) => ({ ...answer, is_snapshotuser: 1, unionid: 'union-of-alice' }))
    guest = await signIn(shop, await shop.sandbox.addUser('guest'), 'official-account')
  })

  test('may look', async () => {
    for (const path of ['/me', '/orders', '/payments', '/products'])
      expect((await guest.get(path)).status).toBe(200)
    expect((await guest.post('/quotes', { lines: [{ productId: 'tea-puer', quantity: 1 }] })).status).toBe(
      200,
    )
  })

  test('may not order, pay or bind, and is told how to', async () => {
    const lines = [{ productId: 'tea-puer', quantity: 1 }]
    const number = '0'.repeat(32)
    await expectNoTrace(shop, async () => {
      for (const answer of [
        await guest.post('/orders', { lines }, newKey()),
        await guest.post('/orders/0123456789ABC/payments'),
        await guest.post(`/payments/${number}/launch`),
        await guest.post(`/payments/${number}/check`),
        await guest.post('/bind-codes'),
        await guest.post('/bindings', { code: '12345678' }),
        await guest.get('/joins'),
      ])
        expect(expectProblem(answer, 403)).toMatchObject({
          code: 'virtual-account',
          detail: expect.stringContaining('使用完整服务'),
        })
    })
  })

  test('is nobody’s account, whatever unionid comes with it', async () => {
    expect((await guest.get<Me>('/me')).body.joined).toBe(false)
    const rows = await rowsOf<{ unionid: string | null; openid: string }>(shop, 'identities')
    expect(rows.filter(({ unionid }) => unionid === 'union-of-alice')).toHaveLength(2)
  })

  test('cannot become real through the web-view', async () => {
    const native = await signIn(shop, 'guest')
    expect(expectProblem(await native.post('/web-view-tickets'), 403).code).toBe('virtual-account')
  })
})

describe('WeChat’s login', () => {
  const post = async () => {
    const { body } = await shop.sandbox.control('/codes', {
      user: 'alice',
      appid: shop.appids['mini-program'],
    })
    const response = await fetch(`${shop.url}/api/02/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: body.code }),
    })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }

  test.each<[string, Record<string, unknown>, number]>([
    ['says it is busy', { errcode: -1 }, 504],
    ['says that our secret is wrong', { errcode: 40125 }, 504],
    ['says that it asks too often', { errcode: 45011 }, 429],
    ['says that the account is blocked', { errcode: 40226 }, 403],
    ['names nobody', { openid: undefined }, 504],
    ['names an empty openid', { openid: '' }, 504],
    ['names a number', { openid: 7 }, 504],
  ])('when it %s is a problem, and no session', async (_what, fields, status) => {
    says(fields)
    await expectNoTrace(shop, async () => {
      const problem = expectProblem(await post(), status)
      expect(JSON.stringify(problem)).not.toContain('4012')
    })
  })
})

describe('while two accounts are joined', () => {
  /** What is done at the moment when the joining account is locked and has not yet been emptied. */
  async function meanwhile<T>(id: string, act: (native: Customer) => Promise<T>) {
    says({ unionid: undefined })
    await shop.sandbox.addUser(id)
    const native = await signIn(shop, id)
    const web = await signIn(shop, id, 'official-account')
    const accounts = await rowsOf<{ account_id: string; openid: string }>(shop, 'identities')
    const accountOf = (who: Customer) => accounts.find(({ openid }) => openid === who.openid)!.account_id
    const { db } = shop.server.services
    const own = await native.order()
    let acting: Promise<T> | undefined
    await db.transaction().execute(async (writer) => {
      const both = [accountOf(native), accountOf(web)]
      await writer.selectFrom('accounts').select('id').where('id', 'in', both).forUpdate().execute()
      acting = act(native)
      await until(async () => {
        const { rows } = await sql`select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
        return rows.length > 0
      })
      const joined = { by: 'bind-code', at: new Date() } as const
      await mergeAccounts(writer, accountOf(native), accountOf(web), joined)
    })
    return { answer: await acting!, own, native, web }
  }

  test('an order that is placed goes to the account that is left', async () => {
    const { answer, own, web } = await meanwhile('joiner-1', (native) => native.order('tea-puer'))
    expect(await orderIds(web)).toEqual([own.id, answer.id].toSorted())
  })

  test('so does a session that is opened, and a ticket that is asked for', async () => {
    const { answer, own } = await meanwhile('joiner-2', () => signIn(shop, 'joiner-2'))
    expect(await orderIds(answer)).toEqual([own.id])
    const { answer: ticket } = await meanwhile('joiner-3', (native) => native.post('/web-view-tickets'))
    expect(ticket.status).toBe(201)
  })
})
