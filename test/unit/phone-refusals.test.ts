import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { proxyStage } from '../support/proxy-stage.ts'

const stage = proxyStage()

describe('what a phone refuses', () => {
  test('a name that is not switched on', async () => {
    expect((await stage.open('/', { phone: 'zz' })).statusCode).toBe(409)
  })

  test('other machines', async () => {
    const page = await stage.open('/~/http/192.168.0.1/')
    expect(page.statusCode).toBe(403)
    expect(await text(page)).toContain('本机')
  })

  test('the sandbox’s control plane, by whatever name a page calls it', async () => {
    const { port } = new URL(stage.sandbox.url)
    for (const address of [
      `127.0.0.1:${port}/_sandbox/merchants`,
      `localhost:${port}/_sandbox/users`,
      `127.0.0.1:${port}/_SANDBOX/merchants`,
      `127.0.0.1:${port}/x/../_sandbox/ledger`,
      `127.0.0.1:${port}/%5Fsandbox/merchants`,
      `a.localhost:${port}/~/http/127.0.0.1:${port}/_sandbox/merchants`,
    ]) {
      const page = await stage.open(`/~/http/${address}`)
      expect([address, page.statusCode]).toEqual([address, expect.toBeOneOf([403, 404, 502])])
      expect(await text(page)).not.toContain('PRIVATE KEY')
    }
    expect((await stage.open(`/~/http/127.0.0.1:${port}/connect/oauth2/authorize`)).statusCode).not.toBe(403)
  })

  test('requests that another site makes the browser send', async () => {
    stage.page('')
    const elsewhere = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-dest': 'empty',
      origin: 'https://evil.example',
    }
    expect((await stage.open('/api', { method: 'POST', headers: elsewhere })).statusCode).toBe(403)
    const framed = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-dest': 'iframe',
      referer: 'http://127.0.0.1:40101/',
    }
    expect((await stage.open('/', { headers: framed })).statusCode).toBe(403)
    expect(stage.seen).toEqual([])
  })

  test('nothing when the upstream is down: it says so', async () => {
    const page = await stage.open('/~/http/127.0.0.1:1/')
    expect(page.statusCode).toBe(502)
    expect(await text(page)).toContain('npm start')
  })

  test.each([
    ['a person nobody knows', { user: 'nobody' }, 404],
    ['a profile nobody knows', { profile: 'nokia' }, 400],
    ['a language it does not speak', { language: 'fr' }, 400],
  ])('to be switched on for %s', async (_what, change, status) => {
    expect((await stage.switchOn('d', change)).status).toBe(status)
  })

  test('a name that could be no host', async () => {
    expect((await stage.switchOn('A_1')).status).toBe(400)
  })
})
