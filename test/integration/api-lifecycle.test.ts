import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createStoppableServer } from '../../server/http/http-server.ts'
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

test('SIGTERM: not ready at once, then serves on with Connection: close until the delay is over', async () => {
  const path = folder.write((config) => (config.stopDelayMs = 2_000))
  const slow = startServerCommand(['--config', path], { DATABASE_URL: database.url })
  const address = await slow.ready
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (path: string) =>
    new Promise<IncomingMessage>((resolve, reject) =>
      get(`${address}${path}`, { agent }, (answer) => resolve(answer.resume())).on('error', reject),
    )
  expect((await ask('/readyz')).headers.connection).toBe('keep-alive')
  slow.program.kill('SIGTERM')
  const refusing = await until(async () => {
    const answer = await ask('/readyz')
    return answer.statusCode === 503 && answer
  })
  expect(refusing.headers.connection).toBe('close')
  const served = await ask('/api/02/products')
  expect([served.statusCode, served.headers.connection]).toEqual([200, 'close'])
  agent.destroy()
  // Asked a second time it does not wait for the load balancer.
  slow.program.kill('SIGTERM')
  expect(await slow.ended).toBe(0)
})

test('a request whose headers do not come ends when its time is over', async () => {
  const within = { headersWithinMs: 200, requestWithinMs: 400, idleConnectionMs: 1_000 }
  const { server: slowed } = createStoppableServer((_req, res) => res.end(), within)
  slowed.listen(0, '127.0.0.1')
  await once(slowed, 'listening')
  const { port } = slowed.address() as AddressInfo
  const startedAt = performance.now()
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  socket.write('GET /livez HTTP/1.1\r\nHost: shop.example.com\r\nX-Slow: ')
  const [answer] = await once(socket, 'data')
  await once(socket, 'close')
  const tookMs = performance.now() - startedAt
  expect(String(answer)).toMatch(/^HTTP\/1.1 408 /)
  expect(tookMs).toBeGreaterThan(190)
  // Node looks at its own default every 30 s.
  expect(tookMs).toBeLessThan(5_000)
  slowed.close()
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
