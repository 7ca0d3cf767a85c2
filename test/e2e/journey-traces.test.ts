import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { Page } from '@playwright/test'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { phoneStage } from '../support/phone-stage.ts'
import {
  expectPage,
  expectResult,
  expectWayBack,
  orderInShop,
  tradesOf,
  type HeldPhone,
} from '../support/walk.ts'

/** A line that is kept somewhere, and where. */
interface Trace {
  where: string
  text: string
}

const stage = phoneStage()
/** Every request that reached our server or the sandbox, which both live in this process. */
let requests: { host: string; url: string; referer: string }[] = []

const hear = (message: unknown) => {
  const { request } = message as { request: IncomingMessage }
  const { host = '', referer = '' } = request.headers
  requests.push({ host, url: request.url ?? '', referer })
}

beforeAll(() => subscribe('http.server.request.start', hear))
beforeEach(() => {
  requests = []
  stage.shop.logLines.length = 0
})
afterAll(() => unsubscribe('http.server.request.start', hear))

const openingKinds = ['code', 'ticket', 'token', 'package', 'nonceStr', 'paySign'] as const

/** Collects from the answers on their way to the phone whatever opens a door or moves money. */
function collectSecrets(page: Page): () => Promise<Map<string, Set<string>>> {
  const secrets = new Map<string, Set<string>>()
  const keep = (kind: string, value: string) =>
    secrets.set(kind, (secrets.get(kind) ?? new Set()).add(value.replace(/^prepay_id=/, '')))
  const reading: Promise<void>[] = []
  page.on('response', (response) => {
    if (!/\/_sandbox\/(codes|phones\/\w+\/requests)$|\/api\//.test(response.url())) return
    const read = response.text().then(
      (text) => {
        for (const kind of openingKinds) {
          for (const [, value = ''] of text.matchAll(
            new RegExp(`\\\\?"${kind}\\\\?":\\\\?"([^"\\\\]{8,})`, 'g'),
          ))
            keep(kind, value)
        }
      },
      // The page that asked has gone, and with it the answer.
      () => undefined,
    )
    reading.push(read)
  })
  return async () => {
    await Promise.all(reading)
    for (const appid of Object.values(stage.shop.appids))
      keep('openid', stage.shop.sandbox.openid('alice', appid))
    return secrets
  }
}

/** What this phone remembers at this moment, and would hand to a friend. */
async function tracesOf(phone: HeldPhone, moment: string): Promise<Trace[]> {
  const kept = await phone.page.evaluate(() =>
    Object.entries(localStorage).filter(([key]) => key.endsWith('/web')),
  )
  return [
    ...(await phone.ask('history')).map((text) => ({ where: `history ${moment}`, text })),
    { where: `address ${moment}`, text: await phone.ask('url') },
    { where: `share path ${moment}`, text: (await phone.ask('sharePath')) ?? '' },
    ...kept.map(([key, value]) => ({ where: `${key} ${moment}`, text: value })),
    ...phone.page.frames().map((frame) => ({ where: `frame ${moment}`, text: frame.url() })),
  ]
}

/** Log lines, and requests but for those of our server to WeChat, whose form WeChat prescribes. */
function tracesOfServers(): Trace[] {
  const ours = requests.filter(({ url }) => !/^\/(v3|sns|cgi-bin)\//.test(url))
  return [
    ...stage.shop.logLines.map((text) => ({ where: 'log', text })),
    ...ours.map(({ host, url }) => ({ where: `request to ${host}`, text: url })),
    ...ours.map(({ host, referer }) => ({ where: `Referer to ${host}`, text: referer })),
  ]
}

/** Which traces hold a secret, a price, or a parameter by the name of one. */
function findings(traces: Trace[], secrets: Map<string, Set<string>>, totalFen: number): string[] {
  const yuan = (totalFen / 100).toFixed(2).replace('.', '\\.')
  const price = new RegExp(`(?<![0-9A-Za-z])(${totalFen}|${yuan})(?![0-9A-Za-z])`)
  const parameter =
    /[?&#;](openid|unionid|prepay_id|package|paySign|ticket|token|t|code|state|amount|price|total(Fen)?)=/i
  return traces.flatMap(({ where, text }) => {
    const plain = `${text}\n${decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'))}`
    const held = [...secrets].flatMap(([kind, values]) =>
      [...values].some((value) => plain.includes(value)) ? [kind] : [],
    )
    if (price.test(plain)) held.push('price')
    const isAddress = where !== 'log' && !where.startsWith('phone/')
    if (isAddress && parameter.test(plain)) held.push('parameter')
    return held.map((kind) => `${kind} in ${where}: ${text}`)
  })
}

test('the journey through the mini-program leaves no secret and no price where it can be read later', async () => {
  const { a: phone } = await stage.open('/phone/?profile=ios')
  // Loaded once more with somebody listening: the first login happens as the page loads.
  const secretsOf = collectSecrets(phone.page)
  await phone.page.evaluate(() => localStorage.clear())
  await phone.page.reload()
  const traces: Trace[] = []
  await phone.tap('去下单')
  await expectPage(phone.web.getByRole('button', { name: '立即购买' }).first()).toBeVisible()
  traces.push(...(await tracesOf(phone, 'in the shop')))
  const orderId = await orderInShop(phone)
  traces.push(...(await tracesOf(phone, 'at the cashier')))
  await phone.tap('取消支付')
  await expectResult(phone, orderId, '未支付')
  await phone.tapWeb('重新支付')
  await phone.tap('立即支付')
  await expectResult(phone, orderId, '支付成功')
  traces.push(...(await tracesOf(phone, 'at the result')))
  await expectWayBack(phone, orderId)
  traces.push(...(await tracesOf(phone, 'in the list')))
  const secrets = await secretsOf()
  const [trade] = await tradesOf(stage.shop, orderId)
  expect([...secrets.keys()].toSorted()).toEqual([...openingKinds, 'openid'].toSorted())
  const everything = [...traces, ...tracesOfServers()]
  const seen = (part: string) => everything.some(({ text }) => text.includes(part))
  // The nets were out: each of these is something that must have been caught.
  expect(
    ['/api/02/orders', '/pages/pay/pay?payment=', `/orders/${orderId}/result`, '/enter'].filter(
      (part) => !seen(part),
    ),
  ).toEqual([])
  expect(findings(everything, secrets, trade?.amountFen ?? 0)).toEqual([])
})

test('the journey through the official account leaves code and state in no log, Referer or history', async () => {
  const { a: phone } = await stage.open('/phone/?entry=official&user=alice&profile=android')
  const secretsOf = collectSecrets(phone.page)
  const orderId = await orderInShop(phone)
  const traces = await tracesOf(phone, 'at the cashier')
  await phone.tap('立即支付')
  await expectResult(phone, orderId, '支付成功')
  await expectWayBack(phone, orderId)
  traces.push(...(await tracesOf(phone, 'in the list')))
  const secrets = await secretsOf()
  const callbacks = requests.filter(
    ({ host, url }) => stage.shop.url.endsWith(host) && url.includes('/oauth/callback?'),
  )
  expect(callbacks).toHaveLength(1)
  const { searchParams } = new URL(callbacks[0]?.url ?? '', stage.shop.url)
  for (const name of ['code', 'state']) secrets.set(name, new Set([searchParams.get(name) ?? '']))
  const [trade] = await tradesOf(stage.shop, orderId)
  // WeChat prescribes these two addresses of OAuth; that nothing else may hold what they hold is the rule.
  const everything = [...traces, ...tracesOfServers()].filter(
    ({ where, text }) =>
      !(where.startsWith('request') && /oauth2\/authorize\?|\/oauth\/callback\?/.test(text)),
  )
  expect(findings(everything, secrets, trade?.amountFen ?? 0)).toEqual([])
})
