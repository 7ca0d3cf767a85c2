import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSandbox } from '../support/sandbox-client.ts'
import type { SandboxClient } from '../support/sandbox-client.ts'

let sandbox: SandboxClient
let open: SandboxClient
beforeAll(async () => {
  ;[sandbox, open] = await Promise.all([openSandbox(), openSandbox({ host: '0.0.0.0' })])
})
afterAll(() => Promise.all([sandbox.close(), open.close()]))

interface Asked {
  to?: SandboxClient
  method?: string
  host?: string
  origin?: string
  referer?: string
}

/** As a browser sends it: the Host it believes in, and the Origin of the page that asks. */
function send(
  path: string,
  { to = sandbox, method = 'GET', ...headers }: Asked,
): Promise<{ status: number; message: string | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${to.url}${path}`, { method, headers }, async (answer) => {
      const chunks: Buffer[] = []
      for await (const chunk of answer) chunks.push(chunk)
      const text = Buffer.concat(chunks).toString()
      const { message } = text === '' ? {} : JSON.parse(text)
      resolve({ status: answer.statusCode!, message })
    })
    sent.on('error', reject)
    sent.end()
  })
}
const port = (to = sandbox) => new URL(to.url).port

describe('a page of another site in the visitor’s browser', () => {
  test.each([
    ['reset the world', 'POST', '/_sandbox/reset'],
    ['read the keys', 'GET', '/_sandbox/merchants'],
    ['switch a phone on', 'PUT', '/_sandbox/phones/a'],
    ['send a request as a mini-program', 'POST', '/_sandbox/phones/a/requests'],
  ])('may not %s', async (_, method, path) => {
    for (const origin of [
      'https://evil.example',
      'http://127.0.0.1:1',
      `http://evil.localhost:${port()}`,
      'null',
    ])
      expect(await send(path, { method, origin })).toEqual({
        status: 403,
        message: expect.stringContaining(`http://127.0.0.1:${port()}`),
      })
  })

  test('may not give its own name this machine’s address', async () => {
    const host = `evil.example:${port()}`
    const asked: Asked[] = [{ host }, { host, origin: `http://${host}` }]
    for (const headers of asked)
      expect(await send('/_sandbox/merchants', headers)).toEqual({
        status: 403,
        message: expect.stringContaining('--host'),
      })
  })

  test('nor when the sandbox listens at every address', async () => {
    expect((await send('/_sandbox/merchants', { to: open, host: `evil.example:${port(open)}` })).status).toBe(
      403,
    )
  })
})

describe('who may ask', () => {
  test('the sandbox’s own pages, by each name of this machine', async () => {
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      const host = `${name}:${port()}`
      const answer = await send('/_sandbox/reset', { method: 'POST', host, origin: `http://${host}` })
      expect(answer.status).toBeLessThan(300)
    }
  })

  test('a mini-program in WeChat DevTools, by the Referer that only WeChat can send', async () => {
    const origin = 'http://127.0.0.1:1'
    const referer = 'https://servicewechat.com/touristappid/devtools/page-frame.html'
    expect((await send('/_sandbox/clock', { origin, referer })).status).toBe(200)
    const forged = `${origin}/?https://servicewechat.com/`
    expect((await send('/_sandbox/clock', { origin, referer: forged })).status).toBe(403)
  })

  test('other machines and other containers, when it listens at every address', async () => {
    for (const host of [`192.0.2.7:${port(open)}`, 'sandbox:4010'])
      expect((await send('/_sandbox/clock', { to: open, host })).status).toBe(200)
    expect((await send('/_sandbox/clock', { host: 'sandbox:4010' })).status).toBe(403)
  })
})
