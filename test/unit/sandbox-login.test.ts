import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSandbox } from '../support/sandbox-client.ts'
import type { SandboxClient, SandboxMerchant } from '../support/sandbox-client.ts'

let sandbox: SandboxClient
let official: SandboxMerchant['appids'][number]
let mini: SandboxMerchant['appids'][number]
beforeAll(async () => {
  sandbox = await openSandbox({ h5Url: 'http://shop.example:3000' })
  ;[official, mini] = sandbox.merchant('1900000001').appids as [typeof official, typeof mini]
})
afterAll(() => sandbox.close())

const REDIRECT = encodeURIComponent('http://shop.example:3000/api/01/callback?to=/orders')
const link = (scope = 'snsapi_base', redirect = REDIRECT) =>
  `/connect/oauth2/authorize?appid=${official.appid}&redirect_uri=${redirect}&response_type=code&scope=${scope}&state=S1`

/** The code a silent authorisation gives to this person. */
async function codeOf(
  user: string,
  headers: Record<string, string> = { 'x-sandbox-user': user },
): Promise<string> {
  const { headers: answer } = await sandbox.get(link(), headers)
  return new URL(answer.get('location')!).searchParams.get('code')!
}

const exchange = (code: string) =>
  sandbox.get(
    `/sns/oauth2/access_token?appid=${official.appid}&secret=${official.appsecret}&code=${code}&grant_type=authorization_code`,
  )

const unionidOf = async (user: string) =>
  ((await sandbox.control('/users')).body.users as { id: string; unionid: string }[]).find(
    ({ id }) => id === user,
  )!.unionid

describe('a mini-program', () => {
  test('gets openid, session_key and the unionid for a code, labelled as text', async () => {
    const { code } = (await sandbox.control('/codes', { user: 'alice', appid: mini.appid })).body
    const reply = await sandbox.get(
      `/sns/jscode2session?appid=${mini.appid}&secret=${mini.appsecret}&js_code=${code}&grant_type=authorization_code`,
    )
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(reply.body).toEqual({
      openid: sandbox.openid('alice', mini.appid),
      session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
      unionid: await unionidOf('alice'),
    })
  })
})

describe('an official account', () => {
  test('snsapi_base goes back silently, with code and state behind what the address already had', async () => {
    const reply = await sandbox.get(link(), { 'x-sandbox-user': 'alice' })
    expect(reply.status).toBe(302)
    const location = new URL(reply.headers.get('location')!)
    expect(location.origin + location.pathname).toBe('http://shop.example:3000/api/01/callback')
    expect([...location.searchParams.keys()]).toEqual(['to', 'code', 'state'])
    expect(location.searchParams.get('state')).toBe('S1')
  })

  test('the code of snsapi_base brings the openid of this appid, and no unionid', async () => {
    const { body } = await exchange(await codeOf('bob'))
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 7_200,
      refresh_token: expect.any(String),
      openid: sandbox.openid('bob', official.appid),
      scope: 'snsapi_base',
    })
  })

  test('snsapi_userinfo asks first, and brings the unionid and the name', async () => {
    const asked = await sandbox.get(link('snsapi_userinfo'), { 'x-sandbox-user': 'alice' })
    expect([asked.status, asked.text]).toEqual([200, expect.stringContaining('允许')])
    const agreed = await fetch(sandbox.url + link('snsapi_userinfo'), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'x-sandbox-user': 'alice' },
    })
    const { body } = await exchange(new URL(agreed.headers.get('location')!).searchParams.get('code')!)
    expect(body).toMatchObject({ scope: 'snsapi_userinfo', unionid: await unionidOf('alice') })
    const profile = await sandbox.get(
      `/sns/userinfo?access_token=${body.access_token}&openid=${body.openid}&lang=zh_CN`,
    )
    expect(profile.body).toMatchObject({ nickname: '小林', openid: body.openid, unionid: body.unionid })
  })

  test('a token of snsapi_base may not read the profile', async () => {
    const { body } = await exchange(await codeOf('alice'))
    const profile = await sandbox.get(`/sns/userinfo?access_token=${body.access_token}&openid=${body.openid}`)
    expect(profile.body.errcode).toBe(48001)
  })

  test('a redirect to another host than the configured one is refused', async () => {
    const elsewhere = encodeURIComponent('http://evil.example/callback')
    const reply = await sandbox.get(link('snsapi_base', elsewhere), { 'x-sandbox-user': 'alice' })
    expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('10003')])
  })
})

describe('who is looking', () => {
  test('is asked when neither header nor cookie says so, and remembered in a cookie', async () => {
    const asked = await sandbox.get(link())
    expect(asked.text).toContain('您是哪一位')
    const chosen = await fetch(`${sandbox.url}/connect/person`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ user: 'bob', back: link() }),
    })
    expect(chosen.headers.get('location')).toBe(link())
    const cookie = chosen.headers.get('set-cookie')!.split(';')[0]!
    const { body } = await exchange(await codeOf('bob', { cookie }))
    expect(body.openid).toBe(sandbox.openid('bob', official.appid))
  })

  test('the page goes back to an authorisation link only', async () => {
    const chosen = await fetch(`${sandbox.url}/connect/person`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ user: 'bob', back: 'http://evil.example/' }),
    })
    expect(chosen.status).toBe(400)
  })

  test('what the link carries comes back escaped', async () => {
    const reply = await sandbox.get(`${link()}&x="><script>alert(1)</script>`)
    expect(reply.text).not.toContain('<script>')
  })
})

describe('access tokens of an app', () => {
  const stable = async (changes: object = {}) =>
    JSON.parse(
      await (
        await fetch(`${sandbox.url}/cgi-bin/stable_token`, {
          method: 'POST',
          body: JSON.stringify({
            grant_type: 'client_credential',
            appid: mini.appid,
            secret: mini.appsecret,
            ...changes,
          }),
        })
      ).text(),
    )
  const ordinary = async () =>
    (
      await sandbox.get(
        `/cgi-bin/token?grant_type=client_credential&appid=${mini.appid}&secret=${mini.appsecret}`,
      )
    ).body
  const works = async (token: string) =>
    (await sandbox.get(`/cgi-bin/ticket/getticket?access_token=${token}&type=jsapi`)).body.errcode === 0

  test('stable_token gives the same one until five minutes before its end', async () => {
    await sandbox.control('/clock', { frozen: true })
    const first = await stable()
    expect(first.expires_in).toBe(7_200)
    expect((await stable()).access_token).toBe(first.access_token)
    await sandbox.control('/clock', { advanceMs: (7_200 - 299) * 1_000 })
    const second = await stable()
    expect(second.access_token).not.toBe(first.access_token)
    expect(await works(first.access_token)).toBe(true)
    await sandbox.control('/clock', { advanceMs: 300_000 })
    expect(await works(first.access_token)).toBe(false)
    expect(await works(second.access_token)).toBe(true)
  })

  test('force_refresh works once in thirty seconds', async () => {
    await sandbox.control('/clock', { advanceMs: 60_000 })
    const first = await stable({ force_refresh: true })
    expect(first.access_token).toEqual(expect.any(String))
    expect((await stable({ force_refresh: true })).errcode).toBe(45011)
    await sandbox.control('/clock', { advanceMs: 30_000 })
    expect((await stable({ force_refresh: true })).access_token).not.toBe(first.access_token)
  })

  test('token gives a new one each time, lives apart from stable_token, and the old one lasts five minutes', async () => {
    const kept = await stable()
    const first = await ordinary()
    const second = await ordinary()
    expect(second.access_token).not.toBe(first.access_token)
    expect(await works(first.access_token)).toBe(true)
    await sandbox.control('/clock', { advanceMs: 300_000 })
    expect(await works(first.access_token)).toBe(false)
    expect(await works(kept.access_token)).toBe(true)
  })

  test('a wrong secret gets 40125, a token nobody gave 40001', async () => {
    expect((await stable({ secret: 'wrong' })).errcode).toBe(40125)
    expect((await stable({ appid: { toString: 1 } })).errcode).toBe(41002)
    expect(await works('nobody')).toBe(false)
  })
})

test('weather reaches the platform too: an errcode, or a connection that breaks', async () => {
  const ask = () =>
    sandbox.get('/sns/jscode2session?appid=a&secret=b&js_code=c&grant_type=authorization_code')
  const match = { api: 'jscode2session', times: 1 }
  await sandbox.control('/rules', { match, effect: { error: { status: 500, code: '-1' } } })
  expect((await ask()).body).toMatchObject({ errcode: -1 })
  await sandbox.control('/rules', { match, effect: { dropBefore: true } })
  await expect(ask()).rejects.toThrow('fetch failed')
  expect((await ask()).body.errcode).toBe(40013)
})
