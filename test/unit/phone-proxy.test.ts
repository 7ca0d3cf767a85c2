import { mkdtempSync, writeFileSync } from 'node:fs'
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'

let upstream: Server
let h5Url: string
let sandbox: Sandbox
let answer: (req: IncomingMessage, res: ServerResponse) => void
let seen: { url: string; headers: IncomingHttpHeaders }[] = []
/** The page that draws the phones: the sandbox's own. */
let shell: string

beforeAll(async () => {
  upstream = createServer((req, res) => {
    seen.push({ url: req.url ?? '', headers: req.headers })
    answer(req, res)
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  h5Url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const phoneDir = mkdtempSync(join(tmpdir(), 'phone-proxy-'))
  writeFileSync(join(phoneDir, 'bridge.js'), 'bridge()')
  sandbox = await startSandbox({ port: 0, h5Url, phoneDir })
  shell = sandbox.url
  await switchOn('a', {})
})
afterEach(() => {
  seen = []
})
afterAll(async () => {
  upstream.close()
  await sandbox.close()
})

async function switchOn(name: string, change: object): Promise<Response> {
  const settings = {
    window: 'one',
    user: 'alice',
    profile: 'ios',
    language: 'zh-CN',
    theme: 'light',
    font: 'normal',
    miniProgramAppid: null,
  }
  return fetch(`${sandbox.url}/_sandbox/phones/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', origin: shell },
    body: JSON.stringify({ ...settings, ...change }),
  })
}

/** Sends as the browser does to http://{phone}.localhost, and hands over the answer as soon as its head is there. */
function open(
  path: string,
  options: { phone?: string; method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<IncomingMessage> {
  const { phone = 'a', method = 'GET', headers = {}, body } = options
  const { port } = new URL(sandbox.url)
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: { host: `${phone}.localhost:${port}`, ...headers } },
      resolve,
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

const html = (body: string, headers: Record<string, string> = {}) => {
  answer = (_req, res) =>
    void res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body)
}
const origin = (): string => `http://a.localhost:${new URL(sandbox.url).port}`

describe('what a phone sends', () => {
  it('looks like the device: its user agent, language and network, and nothing of the computer', async () => {
    html('')
    await open('/', {
      headers: {
        'user-agent': 'Chrome',
        'accept-language': 'de',
        'sec-ch-ua': 'Chrome',
        cookie: 'x=1',
        'x-forwarded-for': '8.8.8.8',
      },
    })
    const headers = seen[0]?.headers
    expect(headers?.['user-agent']).toMatch(/iPhone.*MicroMessenger.*Language\/zh_CN$/)
    expect(headers?.['accept-language']).toMatch(/^zh-CN/)
    expect(headers?.['x-forwarded-for']).toMatch(/^203\.0\.113\./)
    expect(headers?.['accept-encoding']).toBe('identity')
    expect(headers).not.toHaveProperty('sec-ch-ua')
    expect(headers).not.toHaveProperty('cookie')
  })

  it('says miniProgram in a web-view on Android, and not on iOS', async () => {
    html('')
    await switchOn('m', { profile: 'android', miniProgramAppid: 'wx1' })
    await switchOn('n', { profile: 'ios', miniProgramAppid: 'wx1' })
    await open('/', { phone: 'm' })
    await open('/', { phone: 'n' })
    expect(seen[0]?.headers['user-agent']).toMatch(/ miniProgram\/wx1$/)
    expect(seen[1]?.headers['user-agent']).not.toContain('miniProgram')
  })

  it('names the upstream in Origin and Referer, and never the phone’s own origin', async () => {
    html('')
    await open('/api', {
      method: 'POST',
      headers: { origin: origin(), referer: `${origin()}/orders/1?x=2`, 'sec-fetch-site': 'same-origin' },
    })
    expect(seen[0]?.headers).toMatchObject({
      origin: h5Url,
      referer: `${h5Url}/orders/1?x=2`,
      host: new URL(h5Url).host,
    })
    await open('/', {
      headers: { referer: `${shell}/`, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' },
    })
    expect(seen[1]?.headers).toMatchObject({ 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' })
    expect(seen[1]?.headers).not.toHaveProperty('referer')
  })

  it('carries bodies', async () => {
    answer = async (req, res) => void res.end(await text(req))
    expect(await text(await open('/', { method: 'POST', body: '{"quantity":2}' }))).toBe('{"quantity":2}')
  })

  it('names the person to the sandbox’s own authorisation page only', async () => {
    answer = (_req, res) => void res.end()
    await open('/connect/oauth2/authorize', { headers: { 'x-sandbox-user': 'bob' } })
    expect(seen[0]?.headers).not.toHaveProperty('x-sandbox-user')
    const { host } = new URL(sandbox.url)
    const query = `appid=wx5a17d0c0ffee0001&redirect_uri=${encodeURIComponent(`${h5Url}/back`)}&response_type=code&scope=snsapi_base&state=1`
    const page = await open(`/~/http/${host}/connect/oauth2/authorize?${query}`)
    expect(page.statusCode).toBe(302)
    expect(page.headers.location).toMatch(new RegExp(`^${origin()}/back\\?code=\\w+&state=1`))
  })
})

describe('what a phone receives', () => {
  it('is the page with the bridge first, allowed to stand in a frame', async () => {
    html('<!doctype html><html><head><script>page()</script></head></html>', {
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
      etag: '"1"',
    })
    const page = await open('/')
    const body = await text(page)
    expect(body).toMatch(/<head><script>window\.__phone=\{.*\};bridge\(\)<\/script><script>page\(\)/)
    expect(Number(page.headers['content-length'])).toBe(Buffer.byteLength(body))
    expect(page.headers).not.toHaveProperty('x-frame-options')
    expect(page.headers['content-security-policy']).not.toContain('frame-ancestors')
    expect(page.headers['cache-control']).toBe('no-store')
  })

  it('is everything else byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 128, 10, 60, 104])
    answer = (_req, res) =>
      void res.writeHead(206, { 'content-type': 'image/png', 'content-range': 'bytes 0-5/9' }).end(bytes)
    const page = await open('/x.png', { headers: { range: 'bytes=0-5' } })
    expect([page.statusCode, page.headers['content-range']]).toEqual([206, 'bytes 0-5/9'])
    expect(Buffer.from(await text(page.setEncoding('latin1')), 'latin1')).toEqual(bytes)
    expect(seen[0]?.headers.range).toBe('bytes=0-5')
  })

  it('is never an answer without a body that has one', async () => {
    answer = (_req, res) => void res.writeHead(204, { 'content-type': 'text/html' }).end()
    const page = await open('/')
    expect([page.statusCode, await text(page)]).toEqual([204, ''])
  })

  it('keeps its cookies on this side', async () => {
    answer = (_req, res) =>
      void res.writeHead(200, { 'set-cookie': ['s=1; HttpOnly; Path=/', 't=2; Path=/'] }).end()
    expect((await open('/login')).headers).not.toHaveProperty('set-cookie')
    await open('/')
    expect(seen[1]?.headers.cookie).toBe('s=1; t=2')
  })

  it('gives each person a jar of their own, also on the same phone', async () => {
    answer = (_req, res) => void res.writeHead(200, { 'set-cookie': 's=alice; Path=/' }).end()
    await switchOn('c', { user: 'alice' })
    await open('/', { phone: 'c' })
    await switchOn('c', { user: 'bob' })
    await open('/', { phone: 'c' })
    expect(seen[1]?.headers).not.toHaveProperty('cookie')
  })

  it('follows redirects within the phone', async () => {
    answer = (_req, res) => void res.writeHead(302, { location: '/orders?x=1#y' }).end()
    expect((await open('/')).headers.location).toBe(`${origin()}/orders?x=1#y`)
    answer = (_req, res) => void res.writeHead(302, { location: 'http://localhost:9/x' }).end()
    expect((await open('/')).headers.location).toBe(`${origin()}/~/http/localhost:9/x`)
  })

  it('hears each event of a stream when it happens', async () => {
    let stream: ServerResponse | undefined
    answer = (_req, res) => {
      stream = res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.flushHeaders()
    }
    const page = await open('/events')
    const chunks = page.setEncoding('utf8')[Symbol.asyncIterator]()
    stream?.write('data: 1\n\n')
    expect((await chunks.next()).value).toBe('data: 1\n\n')
    stream?.write('data: 2\n\n')
    expect((await chunks.next()).value).toBe('data: 2\n\n')
    const closed = new Promise((resolve) => stream?.on('close', resolve))
    page.destroy()
    await closed
  })
})

describe('one phone in two windows', () => {
  const labelOf = async (answer: Response): Promise<string> =>
    ((await answer.json()) as { label: string }).label

  it('has a label in each, so that what one shows does not change the other, and one jar of cookies', async () => {
    expect(
      await labelOf(await switchOn('w', { window: 'one', miniProgramAppid: 'wx1', profile: 'android' })),
    ).toBe('w')
    expect(await labelOf(await switchOn('w', { window: 'two', profile: 'android' }))).toBe('w2')
    answer = (_req, res) => void res.writeHead(200, { 'set-cookie': 's=1; Path=/' }).end()
    await open('/', { phone: 'w' })
    await open('/', { phone: 'w2' })
    expect(seen[0]?.headers['user-agent']).toContain('miniProgram')
    expect(seen[1]?.headers['user-agent']).not.toContain('miniProgram')
    expect(seen[1]?.headers.cookie).toBe('s=1')
  })

  it('keeps its label while its window is open, and gives it back afterwards', async () => {
    await switchOn('v', { window: 'one' })
    expect(await labelOf(await switchOn('v', { window: 'one', miniProgramAppid: 'wx1' }))).toBe('v')
    const off = (window: string) =>
      fetch(`${sandbox.url}/_sandbox/phones/v/off`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ window }),
      })
    await off('somebody else')
    expect(await labelOf(await switchOn('v', { window: 'two' }))).toBe('v2')
    await off('one')
    expect(await labelOf(await switchOn('v', { window: 'three' }))).toBe('v')
  })
})

describe('what a phone refuses', () => {
  it('a name that is not switched on', async () => {
    expect((await open('/', { phone: 'zz' })).statusCode).toBe(409)
  })

  it('other machines', async () => {
    const page = await open('/~/http/192.168.0.1/')
    expect(page.statusCode).toBe(403)
    expect(await text(page)).toContain('本机')
  })

  it('the sandbox’s control plane, by whatever name a page calls it', async () => {
    const { port } = new URL(sandbox.url)
    for (const address of [
      `127.0.0.1:${port}/_sandbox/merchants`,
      `localhost:${port}/_sandbox/users`,
      `127.0.0.1:${port}/_SANDBOX/merchants`,
      `127.0.0.1:${port}/x/../_sandbox/ledger`,
      `127.0.0.1:${port}/%5Fsandbox/merchants`,
      `a.localhost:${port}/~/http/127.0.0.1:${port}/_sandbox/merchants`,
    ]) {
      const page = await open(`/~/http/${address}`)
      expect([address, page.statusCode]).toEqual([address, expect.toBeOneOf([403, 404, 502])])
      expect(await text(page)).not.toContain('PRIVATE KEY')
    }
    expect((await open(`/~/http/127.0.0.1:${port}/connect/oauth2/authorize`)).statusCode).not.toBe(403)
  })

  it('requests that another site makes the browser send', async () => {
    html('')
    const elsewhere = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-dest': 'empty',
      origin: 'https://evil.example',
    }
    expect((await open('/api', { method: 'POST', headers: elsewhere })).statusCode).toBe(403)
    const framed = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-dest': 'iframe',
      referer: 'http://127.0.0.1:40101/',
    }
    expect((await open('/', { headers: framed })).statusCode).toBe(403)
    expect(seen).toEqual([])
  })

  it('nothing when the upstream is down: it says so', async () => {
    const page = await open('/~/http/127.0.0.1:1/')
    expect(page.statusCode).toBe(502)
    expect(await text(page)).toContain('npm start')
  })

  it.each([
    ['a person nobody knows', { user: 'nobody' }, 404],
    ['a profile nobody knows', { profile: 'nokia' }, 400],
    ['a language it does not speak', { language: 'fr' }, 400],
  ])('to be switched on for %s', async (_what, change, status) => {
    expect((await switchOn('d', change)).status).toBe(status)
  })

  it('a name that could be no host', async () => {
    expect((await switchOn('A_1', {})).status).toBe(400)
  })
})

describe('wx.request on its way', () => {
  const send = async (change: object): Promise<Record<string, unknown>> => {
    const wanted = {
      appid: 'wx1',
      url: `${h5Url}/api?x=1`,
      method: 'POST',
      header: { 'content-type': 'application/json', referer: 'https://evil.example' },
      body: '{}',
      timeoutMs: 5000,
    }
    const reply = await fetch(`${sandbox.url}/_sandbox/phones/a/requests`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...wanted, ...change }),
    })
    return (await reply.json()) as Record<string, unknown>
  }

  it('bears the Referer of the mini-program, whatever the program says', async () => {
    answer = (_req, res) =>
      void res.writeHead(201, { 'x-request-id': '7', 'set-cookie': 'a=1' }).end('{"ok":true}')
    expect(await send({})).toMatchObject({
      statusCode: 201,
      body: '{"ok":true}',
      cookies: ['a=1'],
      header: { 'x-request-id': '7' },
    })
    expect(seen[0]).toMatchObject({
      url: '/api?x=1',
      headers: { referer: 'https://servicewechat.com/wx1/0/page-frame.html' },
    })
  })

  it('sends no cookie, since WeChat keeps none for it', async () => {
    answer = (_req, res) => void res.end()
    await send({})
    expect(seen[0]?.headers).not.toHaveProperty('cookie')
  })

  it('fails in WeChat’s words: other machines, silence, nobody there', async () => {
    expect(await send({ url: 'http://192.168.0.1/' })).toEqual({ fail: 'url not in domain list' })
    expect(await send({ url: 'http://127.0.0.1:1/' })).toEqual({ fail: 'connection refused' })
    answer = () => {}
    expect(await send({ timeoutMs: 20 })).toEqual({ fail: 'timeout' })
  })

  it('fails where HTTP cannot carry what the program wants to say', async () => {
    for (const header of [{ '茶 壶': 'x' }, { 'x-tea': '茶' }, { 'x-line': 'a\nb' }])
      expect(await send({ header })).toEqual({ fail: 'invalid header' })
    expect(await send({ appid: '茶' })).toEqual({ fail: 'invalid header' })
  })
})
