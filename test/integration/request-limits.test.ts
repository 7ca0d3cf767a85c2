import { expect, test } from 'vitest'
import type { ApiAnswer } from '../support/customer.ts'
import { callApi, loginCode, signIn, statusesOf } from '../support/customer.ts'
import { limits } from '../../server/config/limits.ts'
import { createLog } from '../../server/shared/log.ts'
import { startServer } from '../../server/start-server.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce } from '../support/rounds.ts'
import { visit } from '../support/visitor.ts'

const stage = moneyStage({ behindProxy: true })

/** From an address of another network for each test. */
const from = (address: string) => ({ 'x-forwarded-for': address })
const ask = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
  callApi(stage.shop, method, path, { headers, body })
const anyOrder = (n = 0) => String(n).padStart(13, '0')
const statusOf = (address: string) => ask('GET', `/api/02/orders/${anyOrder()}/status?link=x`, from(address))
const badTicket = (address: string) => ask('POST', '/api/02/web-sessions', from(address), { ticket: 'x' })
const isTooMany = (answer: ApiAnswer) => {
  expectProblem(answer, 429)
  const seconds = Number(answer.headers.get('retry-after'))
  expect(seconds).toSatisfy((wait: number) => Number.isInteger(wait) && wait >= 1 && wait <= 60)
}

test('who guesses order numbers is slowed down; what exists is read on, however many ask at once', async () => {
  const { id } = await stage.alice.order()
  const read = await atOnce(() => stage.alice.get(`/orders/${id}`), 100)
  expect(new Set(statusesOf(read))).toEqual(new Set([200]))
  for (let n = 0; n < limits.missesPerMinute; n += 1)
    expect((await stage.alice.get(`/orders/${anyOrder(n)}`)).status).toBe(404)
  isTooMany(await stage.alice.get(`/orders/${anyOrder(1)}`))
  expect((await stage.alice.get(`/orders/${id}`)).status).toBe(200)
})

test('misses of one session are nothing to another session of the same network', async () => {
  const [guesser, neighbour] = [await visit(stage.shop, '03'), await visit(stage.shop, '03')]
  await atOnce((n) => guesser.get(`/orders/${anyOrder(n)}`))
  isTooMany(await guesser.get(`/orders/${anyOrder()}`))
  const order = await neighbour.order()
  expect((await neighbour.get(`/orders/${order.id}`)).status).toBe(200)
  expect((await neighbour.get(`/orders/${anyOrder()}`)).status).toBe(404)
})

test('requests without a session, as another site can send them, lock out nobody of that network', async () => {
  const customer = await visit(stage.shop, '03', '198.51.100.1')
  const order = await customer.order()
  for (let n = 0; n <= limits.missesPerMinute; n += 1) await statusOf('198.51.100.2')
  isTooMany(await statusOf('198.51.100.3'))
  expect((await statusOf('192.0.2.3')).status).toBe(404)
  expect((await customer.get(`/orders/${order.id}`)).status).toBe(200)
  const payment = await customer.pay(order.id)
  const link = new URL(((await customer.launch(payment.id)) as { url: string }).url).searchParams.get(
    'redirect_url',
  )!
  const proof = new URL(link).searchParams.get('status')!
  const path = `/api/03/orders/${order.id}/status?link=${encodeURIComponent(proof)}`
  expect((await ask('GET', path, from('198.51.100.2'))).status).toBe(200)
})

test('wrong tickets are slowed down, and a good one is taken in the middle of them', async () => {
  for (let n = 0; n < limits.signInsPerMinute; n += 1)
    expect((await badTicket('198.51.101.1')).status).toBe(401)
  isTooMany(await badTicket('198.51.101.1'))
  const issued = await stage.alice.post<{ ticket: string }>('/web-view-tickets')
  const entered = await ask('POST', '/api/02/web-sessions', from('198.51.101.1'), {
    ticket: issued.body.ticket,
  })
  expect(entered.status).toBe(200)
})

test('wrong codes of one visitor leave the sign-ins of the network open, until they cost WeChat too many calls', async () => {
  const code = (text: string) => ask('POST', '/api/02/sessions', from('198.51.102.1'), { code: text })
  for (let n = 0; n < 100; n += 1) expect((await code(`wrong-${n}`)).status).toBe(401)
  expect((await code(await loginCode(stage.shop, 'alice'))).status).toBe(201)
  await stage.books.rows(`update rate_counters set hits = $1 where purpose = 'login-codes'`, [
    limits.loginCodesPerMinute,
  ])
  isTooMany(await code('wrong'))
  isTooMany(await code(await loginCode(stage.shop, 'alice')))
})

test('tickets of one account and sign-ins of one browser have an end, and say when to come again', async () => {
  const bob = await signIn(stage.shop, 'bob')
  const issued = await atOnce(() => bob.post('/web-view-tickets'), limits.ticketsPerMinute + 20)
  expect(statusesOf(issued).filter((status) => status === 201)).toHaveLength(limits.ticketsPerMinute)
  isTooMany(await bob.post('/web-view-tickets'))
  const began = await ask('GET', '/api/01/oauth/start', from('198.51.103.1'))
  const cookie = began.headers.getSetCookie()[0]!.split(';')[0]!
  const again = await atOnce(
    () => ask('GET', '/api/01/oauth/start', { ...from('198.51.103.1'), cookie }),
    limits.oauthOfBrowserPerMinute + 20,
  )
  expect(statusesOf(again).filter((status) => status === 302)).toHaveLength(limits.oauthOfBrowserPerMinute)
  const rows = await stage.books.rows('select from oauth_states')
  expect(rows.length).toBeLessThan(limits.oauthOfBrowserPerMinute + 5)
  const state = '0'.repeat(40)
  isTooMany(
    await ask('GET', `/api/01/oauth/callback?code=x&state=${state}`, { ...from('198.51.103.1'), cookie }),
  )
})

test('sign-ins that one network begins have an end, with a new browser for each as well', async () => {
  const start = () => ask('GET', '/api/01/oauth/start', from('198.51.104.1'))
  expect((await start()).status).toBe(302)
  await stage.books.rows(`update rate_counters set hits = $1 where purpose = 'oauth-network'`, [
    limits.oauthOfNetworkPerMinute,
  ])
  isTooMany(await start())
  expect((await ask('GET', '/api/01/oauth/start', from('198.51.105.1'))).status).toBe(302)
})

test('new browsers, sign-ins and wrong login codes of one IPv6 site have an end, in any of its /64s', async () => {
  const browser = (address: string) => ask('POST', '/api/03/browser-sessions', from(address), {})
  const start = (address: string) => ask('GET', '/api/01/oauth/start', from(address))
  const wrong = (address: string) => ask('POST', '/api/02/sessions', from(address), { code: 'x' })
  const counted = [
    [browser, 'browser-accounts-site', limits.browserSessionsOfSitePerMinute],
    [start, 'oauth-site', limits.oauthOfSitePerMinute],
    [wrong, 'login-codes-site', limits.loginCodesOfSitePerMinute],
  ] as const
  for (const [send, purpose, most] of counted) {
    expect((await send('2001:db8:60:1::1')).status).toBeLessThan(429)
    await stage.books.rows('update rate_counters set hits = $1 where purpose = $2', [most, purpose])
    isTooMany(await send('2001:db8:60:2::1'))
    expect((await send('2001:db8:61:1::1')).status).toBeLessThan(429)
  }
})

test('a sign-in that another site embeds is refused before it counts', async () => {
  const before = await stage.books.rows('select from oauth_states')
  for (const dest of ['image', 'iframe', 'empty', 'script'])
    expectProblem(
      await ask('GET', '/api/01/oauth/start', { ...from('198.51.106.1'), 'sec-fetch-dest': dest }),
      403,
    )
  expect(await stage.books.rows('select from oauth_states')).toHaveLength(before.length)
  const visited = await ask('GET', '/api/01/oauth/start', {
    ...from('198.51.106.1'),
    'sec-fetch-dest': 'document',
  })
  expect(visited.status).toBe(302)
})

test('limits hold for two servers together, and an address in IPv6 has one for its whole /64', async () => {
  const { config, server } = stage.shop
  const second = await startServer({
    config: { ...config, listen: { host: '127.0.0.1', port: 0 } },
    databaseUrl: stage.shop.databaseUrl,
    pagesDirectory: '/nowhere',
    log: createLog('silent'),
    clock: server.services.clock,
    isHandWound: true,
  })
  try {
    const urls = [stage.shop.url, second.url]
    const answers = await atOnce(
      (i) =>
        callApi({ ...stage.shop, url: urls[i % 2]! }, 'POST', '/api/03/browser-sessions', {
          body: {},
          headers: from(`2001:db8:5:6::${i.toString(16)}`),
        }),
      limits.browserSessionsPerMinute + 40,
    )
    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(
      limits.browserSessionsPerMinute,
    )
    for (const answer of answers.filter(({ status }) => status !== 200)) isTooMany(answer)
  } finally {
    await second.stop()
  }
})
