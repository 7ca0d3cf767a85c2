import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openConfigFolder, type ConfigFolder } from '../support/config-folder.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { startServerCommand, type ServerCommand } from '../support/server-command.ts'
import { until } from '../support/until.ts'
import { notificationBody, paidBody, signedHeaders } from '../support/wechatpay-peer.ts'

let folder: ConfigFolder
let database: TestDatabase
let server: ServerCommand
let url: string
let platform: Server
/** Sign-ins that wait for WeChat. */
let waiting: ServerResponse[]

beforeAll(() => {
  folder = openConfigFolder()
})
afterAll(() => folder.remove())

beforeEach(async () => {
  database = await createTestDatabase()
  waiting = []
  platform = createServer((_req, res) => void waiting.push(res)).listen(0, '127.0.0.1')
  const { port } = await new Promise<AddressInfo>((resolve) =>
    platform.once('listening', () => resolve(platform.address() as AddressInfo)),
  )
  const path = folder.write((config) => (config.hosts = { platform: `http://127.0.0.1:${port}` }))
  server = startServerCommand(['--config', path], { DATABASE_URL: database.url })
  url = await server.ready
})
afterEach(async () => {
  server.program.kill('SIGKILL')
  platform.closeAllConnections()
  platform.close()
  await database.drop()
})

const signIn = () =>
  fetch(`${url}/api/02/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'a-code-of-wx-login' }),
  })

test('SIGTERM lets a request under way end, takes no other, and does not wait for clients that ask nothing', async () => {
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  const idle = connect(Number(new URL(url).port), '127.0.0.1')
  await once(idle, 'connect')
  const letGo = once(idle, 'close')
  const underWay = signIn()
  const wechat = await until(async () => waiting[0])
  server.program.kill('SIGTERM')
  // Now, and not when the patience with those under way is over: that one would be cut off with it.
  await letGo
  await until(async () => (await fetch(`${url}/livez`).catch(() => undefined)) === undefined)
  wechat.end(JSON.stringify({ openid: 'o-of-somebody-28-characters-', session_key: 'x' }))
  expect((await underWay).status).toBe(201)
  expect(await server.ended).toBe(0)
  expect(server.err()).toBe('')
})

test('a connection that idles outlives the minute that a proxy in front keeps it', async () => {
  const { headers } = await fetch(`${url}/readyz`)
  const seconds = Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1])
  expect(seconds).toBeGreaterThan(60)
})

test('without PostgreSQL it lives, is not ready, says so as a problem, and still stops in time', async () => {
  await database.drop()
  const readiness = await until(async () => {
    const answer = await fetch(`${url}/readyz`)
    return answer.status === 503 && answer
  })
  expect(await readiness.json()).toEqual({
    status: 'unavailable',
    faults: [{ check: 'database', detail: expect.any(String) }],
  })
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  const products = await fetch(`${url}/api/02/products`)
  expect(products.status).toBe(503)
  const text = await products.text()
  expect(JSON.parse(text)).toMatchObject({
    type: '/problems/unavailable',
    detail: expect.stringMatching(/。$/),
  })
  expect(text).not.toMatch(/qiaofu_test|postgres|select|node_modules/i)
  // WeChat comes again after a 503: what could not be stored must not be answered as taken.
  const body = JSON.stringify(notificationBody(JSON.stringify(paidBody())))
  const told = await fetch(`${url}/webhooks/wechatpay/1900000001`, {
    method: 'POST',
    headers: signedHeaders(body),
    body,
  })
  expect(told.status).toBe(503)
  server.program.kill('SIGTERM')
  // A stop that takes too long ends itself, with 1.
  expect(await server.ended).toBe(0)
})
