import { describe, expect, test } from 'vitest'
import { proxyStage } from '../support/proxy-stage.ts'

const stage = proxyStage()

describe('wx.request on its way', () => {
  const send = async (change: object): Promise<Record<string, unknown>> => {
    const wanted = {
      appid: 'wx1',
      url: `${stage.h5Url}/api?x=1`,
      method: 'POST',
      header: { 'content-type': 'application/json', referer: 'https://evil.example' },
      body: '{}',
      timeoutMs: 60_000,
    }
    const reply = await fetch(`${stage.sandbox.url}/_sandbox/phones/a/requests`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...wanted, ...change }),
    })
    return (await reply.json()) as Record<string, unknown>
  }

  test('bears the Referer of the mini-program, whatever the program says', async () => {
    stage.answer = (_req, res) =>
      void res.writeHead(201, { 'x-request-id': '7', 'set-cookie': 'a=1' }).end('{"ok":true}')
    expect(await send({})).toMatchObject({
      statusCode: 201,
      body: '{"ok":true}',
      cookies: ['a=1'],
      header: { 'x-request-id': '7' },
    })
    expect(stage.seen[0]).toMatchObject({
      url: '/api?x=1',
      headers: { referer: 'https://servicewechat.com/wx1/0/page-frame.html' },
    })
  })

  test('sends no cookie, since WeChat keeps none for it', async () => {
    stage.answer = (_req, res) => void res.end()
    await send({})
    expect(stage.seen[0]?.headers).not.toHaveProperty('cookie')
  })

  test('fails in WeChat’s words: other machines, silence, nobody there', async () => {
    expect(await send({ url: 'http://192.168.0.1/' })).toEqual({ fail: 'url not in domain list' })
    expect(await send({ url: 'http://127.0.0.1:1/' })).toEqual({ fail: 'connection refused' })
    stage.answer = () => {}
    expect(await send({ timeoutMs: 20 })).toEqual({ fail: 'timeout' })
  })

  test('fails where HTTP cannot carry what the program wants to say', async () => {
    for (const header of [{ '茶 壶': 'x' }, { 'x-tea': '茶' }, { 'x-line': 'a\nb' }])
      expect(await send({ header })).toEqual({ fail: 'invalid header' })
    expect(await send({ appid: '茶' })).toEqual({ fail: 'invalid header' })
  })
})
