import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BindCode, Me, WebViewTicket } from '../../contract/session.ts'
import { limits } from '../../server/config/limits.ts'
import { callApi, signIn, statusesOf, type Customer } from '../support/customer.ts'
import { expectNoTrace, rowsOf } from '../support/fingerprint.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce } from '../support/rounds.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

const minuteMs = 60_000
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

describe('a bind code', () => {
  const show = async (who: Customer) => (await who.post<BindCode>('/bind-codes')).body.code
  const enter = (who: Customer, code: unknown) => who.post<Me>('/bindings', { code })
  /** Somebody who came in by both doors and is two accounts so far. */
  const twoDoors = async (id: string) => {
    await shop.sandbox.addUser(id)
    const [native, web] = [await signIn(shop, id), await signIn(shop, id, 'official-account')]
    return { native, web }
  }

  test('joins the two accounts of one person, with the orders of both, for both doors and for later', async () => {
    const { native, web } = await twoDoors('binder-1')
    const [first, second] = [await native.order(), await web.order('tea-puer', 2)]
    expect((await web.get(`/orders/${first.id}`)).status).toBe(404)
    const code = await show(native)
    expect(code).toMatch(/^[0-9]{8}$/)
    const bound = await enter(web, code)
    expect(bound).toMatchObject({ status: 200, body: { joined: true, entry: { code: '01' } } })
    for (const who of [
      native,
      web,
      await signIn(shop, 'binder-1'),
      await signIn(shop, 'binder-1', 'official-account'),
    ]) {
      const { orders } = (await who.get<{ orders: { id: string }[] }>('/orders')).body
      expect(orders.map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted())
      expect((await who.get<Me>('/me')).body.joined).toBe(true)
    }
  })

  test('takes along what is under way: keys, tickets and codes', async () => {
    const { native, web } = await twoDoors('binder-2')
    const headers = { 'idempotency-key': 'a-key-of-binder-2-here' }
    const lines = [{ productId: 'tea-puer', quantity: 1 }]
    const placed = await native.post<{ id: string }>('/orders', { lines }, headers)
    const { ticket } = (await native.post<WebViewTicket>('/web-view-tickets')).body
    const ofNative = await show(native)
    expect((await enter(native, await show(web))).status).toBe(200)
    expect(await native.post('/orders', { lines }, headers)).toMatchObject({ status: 200, body: placed.body })
    const entered = await callApi<Me>(shop, 'POST', '/api/02/web-sessions', { body: { ticket } })
    expect(entered.body.displayName).toBe((await web.get<Me>('/me')).body.displayName)
    const own = expectProblem(await enter(web, ofNative), 400)
    expect([own.code, own.detail]).toEqual(['bind-code-own', expect.stringContaining('自己的绑定码')])
  })

  test('is used once, lives five minutes, and is eight digits', async () => {
    const { native, web } = await twoDoors('binder-3')
    const other = await signIn(shop, await shop.sandbox.addUser('binder-4'), 'official-account')
    const [used, late] = [await show(native), await show(native)]
    expect((await enter(web, used)).status).toBe(200)
    await expectNoTrace(shop, async () => {
      expect(expectProblem(await enter(other, used), 400).code).toBe('bind-code-wrong')
      expectProblem(await enter(other, '1234567'), 400)
      expectProblem(await enter(other, 12_345_678), 400)
    })
    await shop.advance(5 * minuteMs)
    await expectNoTrace(shop, async () => expectProblem(await enter(other, late), 400))
  })

  test('of one’s own is refused and stays good for the other door', async () => {
    await shop.restart()
    // A server that begins forgets what is past, the codes last: that is no trace of what follows.
    await until(async () => {
      const codes = await rowsOf<{ expires_at: Date }>(shop, 'bind_codes')
      return codes.every(({ expires_at: at }) => at > shop.server.services.clock.now())
    })
    const { native, web } = await twoDoors('binder-5')
    const code = await show(native)
    await expectNoTrace(shop, async () =>
      expect(expectProblem(await enter(native, code), 400).detail).toContain('请在另一端输入'),
    )
    expect((await enter(web, code)).status).toBe(200)
  })

  test('joins two who type in each other’s at the same moment, and loses nothing', async () => {
    await shop.restart()
    const { native, web } = await twoDoors('binder-6')
    const [first, second] = [await native.order(), await web.order()]
    const [ofNative, ofWeb] = [await show(native), await show(web)]
    const answers = await Promise.all([enter(native, ofWeb), enter(web, ofNative)])
    expect(statusesOf(answers)).toEqual([200, 400])
    for (const who of [native, web])
      expect(
        (await who.get<{ orders: { id: string }[] }>('/orders')).body.orders.map(({ id }) => id).toSorted(),
      ).toEqual([first.id, second.id].toSorted())
  })

  test('joins one account, however many try it at once; five wrong tries a minute are enough', async () => {
    const { native, web } = await twoDoors('binder-7')
    const code = await show(native)
    const answers = await atOnce(() => enter(web, code), 4)
    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(1)
    const { web: guesser } = await twoDoors('binder-8')
    const tries = await atOnce(() => enter(guesser, '00000000'), 40)
    expect(statusesOf(tries).filter((status) => status === 400)).toHaveLength(limits.bindTriesPerMinute)
    expectProblem(await enter(guesser, '00000000'), 429)
  })
})
