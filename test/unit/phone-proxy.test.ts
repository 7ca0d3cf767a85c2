import type { ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { proxyStage } from '../support/proxy-stage.ts'

const stage = proxyStage()

describe('what a phone sends', () => {
  test('looks like the device: its user agent, language and network, and nothing of the computer', async () => {
    stage.page('')
    await stage.open('/', {
      headers: {
        'user-agent': 'Chrome',
        'accept-language': 'de',
        'sec-ch-ua': 'Chrome',
        cookie: 'x=1',
        'x-forwarded-for': '8.8.8.8',
      },
    })
    const headers = stage.seen[0]?.headers
    expect(headers?.['user-agent']).toMatch(/iPhone.*MicroMessenger.*Language\/zh_CN$/)
    expect(headers?.['accept-language']).toMatch(/^zh-CN/)
    expect(headers?.['x-forwarded-for']).toMatch(/^203\.0\.113\./)
    expect(headers?.['accept-encoding']).toBe('identity')
    expect(headers).not.toHaveProperty('sec-ch-ua')
    expect(headers).not.toHaveProperty('cookie')
  })

  test('says miniProgram in a web-view on Android, and not on iOS', async () => {
    stage.page('')
    await stage.switchOn('m', { profile: 'android', miniProgramAppid: 'wx1' })
    await stage.switchOn('n', { profile: 'ios', miniProgramAppid: 'wx1' })
    await stage.open('/', { phone: 'm' })
    await stage.open('/', { phone: 'n' })
    expect(stage.seen[0]?.headers['user-agent']).toMatch(/ miniProgram\/wx1$/)
    expect(stage.seen[1]?.headers['user-agent']).not.toContain('miniProgram')
  })

  test('names the upstream in Origin and Referer, and never the phone’s own origin', async () => {
    stage.page('')
    await stage.open('/api', {
      method: 'POST',
      headers: {
        origin: stage.origin(),
        referer: `${stage.origin()}/orders/1?x=2`,
        'sec-fetch-site': 'same-origin',
      },
    })
    expect(stage.seen[0]?.headers).toMatchObject({
      origin: stage.h5Url,
      referer: `${stage.h5Url}/orders/1?x=2`,
      host: new URL(stage.h5Url).host,
    })
    await stage.open('/', {
      headers: {
        referer: `${stage.sandbox.url}/`,
        'sec-fetch-site': 'cross-site',
        'sec-fetch-dest': 'iframe',
      },
    })
    expect(stage.seen[1]?.headers).toMatchObject({ 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' })
    expect(stage.seen[1]?.headers).not.toHaveProperty('referer')
  })

  test('carries bodies', async () => {
    stage.answer = async (req, res) => void res.end(await text(req))
    expect(await text(await stage.open('/', { method: 'POST', body: '{"quantity":2}' }))).toBe(
      '{"quantity":2}',
    )
  })

  test('names the person to the sandbox’s own authorisation page only', async () => {
    stage.answer = (_req, res) => void res.end()
    await stage.open('/connect/oauth2/authorize', { headers: { 'x-sandbox-user': 'bob' } })
    expect(stage.seen[0]?.headers).not.toHaveProperty('x-sandbox-user')
    const { host } = new URL(stage.sandbox.url)
    const query = `appid=wx5a17d0c0ffee0001&redirect_uri=${encodeURIComponent(`${stage.h5Url}/back`)}&response_type=code&scope=snsapi_base&state=1`
    const page = await stage.open(`/~/http/${host}/connect/oauth2/authorize?${query}`)
    expect(page.statusCode).toBe(302)
    expect(page.headers.location).toMatch(new RegExp(`^${stage.origin()}/back\\?code=\\w+&state=1`))
  })
})

describe('what a phone receives', () => {
  test('is the page with the bridge first, allowed to stand in a frame', async () => {
    stage.page('<!doctype html><html><head><script>page()</script></head></html>', {
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
      etag: '"1"',
    })
    const page = await stage.open('/')
    const body = await text(page)
    expect(body).toMatch(/<head><script>window\.__phone=\{.*\};bridge\(\)<\/script><script>page\(\)/)
    expect(Number(page.headers['content-length'])).toBe(Buffer.byteLength(body))
    expect(page.headers).not.toHaveProperty('x-frame-options')
    expect(page.headers['content-security-policy']).not.toContain('frame-ancestors')
    expect(page.headers['cache-control']).toBe('no-store')
  })

  test('is everything else byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 128, 10, 60, 104])
    stage.answer = (_req, res) =>
      void res.writeHead(206, { 'content-type': 'image/png', 'content-range': 'bytes 0-5/9' }).end(bytes)
    const page = await stage.open('/x.png', { headers: { range: 'bytes=0-5' } })
    expect([page.statusCode, page.headers['content-range']]).toEqual([206, 'bytes 0-5/9'])
    expect(Buffer.from(await text(page.setEncoding('latin1')), 'latin1')).toEqual(bytes)
    expect(stage.seen[0]?.headers.range).toBe('bytes=0-5')
  })

  test('is never an answer without a body that has one', async () => {
    stage.answer = (_req, res) => void res.writeHead(204, { 'content-type': 'text/html' }).end()
    const page = await stage.open('/')
    expect([page.statusCode, await text(page)]).toEqual([204, ''])
  })

  test('keeps its cookies on this side', async () => {
    stage.answer = (_req, res) =>
      void res.writeHead(200, { 'set-cookie': ['s=1; HttpOnly; Path=/', 't=2; Path=/'] }).end()
    expect((await stage.open('/login')).headers).not.toHaveProperty('set-cookie')
    await stage.open('/')
    expect(stage.seen[1]?.headers.cookie).toBe('s=1; t=2')
  })

  test('gives each person a jar of their own, also on the same phone', async () => {
    stage.answer = (_req, res) => void res.writeHead(200, { 'set-cookie': 's=alice; Path=/' }).end()
    await stage.switchOn('c', { user: 'alice' })
    await stage.open('/', { phone: 'c' })
    await stage.switchOn('c', { user: 'bob' })
    await stage.open('/', { phone: 'c' })
    expect(stage.seen[1]?.headers).not.toHaveProperty('cookie')
  })

  test('follows redirects within the phone', async () => {
    stage.answer = (_req, res) => void res.writeHead(302, { location: '/orders?x=1#y' }).end()
    expect((await stage.open('/')).headers.location).toBe(`${stage.origin()}/orders?x=1#y`)
    stage.answer = (_req, res) => void res.writeHead(302, { location: 'http://localhost:9/x' }).end()
    expect((await stage.open('/')).headers.location).toBe(`${stage.origin()}/~/http/localhost:9/x`)
  })

  test('hears each event of a stream when it happens', async () => {
    let stream: ServerResponse | undefined
    stage.answer = (_req, res) => {
      stream = res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.flushHeaders()
    }
    const page = await stage.open('/events')
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

  test('has a label in each, so that what one shows does not change the other, and one jar of cookies', async () => {
    expect(
      await labelOf(
        await stage.switchOn('w', { window: 'one', miniProgramAppid: 'wx1', profile: 'android' }),
      ),
    ).toBe('w')
    expect(await labelOf(await stage.switchOn('w', { window: 'two', profile: 'android' }))).toBe('w2')
    stage.answer = (_req, res) => void res.writeHead(200, { 'set-cookie': 's=1; Path=/' }).end()
    await stage.open('/', { phone: 'w' })
    await stage.open('/', { phone: 'w2' })
    expect(stage.seen[0]?.headers['user-agent']).toContain('miniProgram')
    expect(stage.seen[1]?.headers['user-agent']).not.toContain('miniProgram')
    expect(stage.seen[1]?.headers.cookie).toBe('s=1')
  })

  test('keeps its label while its window is open, and gives it back afterwards', async () => {
    await stage.switchOn('v', { window: 'one' })
    expect(await labelOf(await stage.switchOn('v', { window: 'one', miniProgramAppid: 'wx1' }))).toBe('v')
    const off = (window: string) =>
      fetch(`${stage.sandbox.url}/_sandbox/phones/v/off`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ window }),
      })
    await off('somebody else')
    expect(await labelOf(await stage.switchOn('v', { window: 'two' }))).toBe('v2')
    await off('one')
    expect(await labelOf(await stage.switchOn('v', { window: 'three' }))).toBe('v')
  })
})
