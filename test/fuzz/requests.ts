import { authorizationOf } from '../support/sandbox-client.ts'
import type { SandboxMerchant } from '../support/sandbox-client.ts'
import { combined } from '../support/sandbox-rules/combine-requests.ts'
import { INSURANCE_REFUND, OF_INSURANCE } from '../support/sandbox-rules/medical-requests.ts'
import type { Stage } from '../support/sandbox-rules/rule.ts'
import { GATEWAY_ADDRESSES, OTHER_PATHS } from './addresses.ts'
import type { Draw } from './draw.ts'
import { alipayAddress } from './near-right.ts'
import type { Insider } from './near-right.ts'

/** A request that nobody should send. */
export interface BadRequest {
  method: string
  path: string
  headers: Record<string, string>
  body: Buffer
  /** WeChat's own shape of an error is due. */
  isSigned: boolean
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const
const TYPES = ['application/json', 'application/json; charset=gbk', 'text/xml', 'x', ''] as const
const FORM = 'application/x-www-form-urlencoded'
const FOUL_HEADERS = [
  'WECHATPAY2-SHA256-RSA2048 ',
  'WECHATPAY2-SHA256-RSA2048 mchid="__proto__",nonce_str="x",signature="x",timestamp="1",serial_no="x"',
  `WECHATPAY2-SHA256-RSA2048 ${'mchid="1",'.repeat(500)}`,
  'Basic eDp4',
  'x',
] as const

/** Bodies that are wrong as bytes, whatever they mean. */
function foulBody(draw: Draw): Buffer {
  const kinds: (() => Buffer)[] = [
    () => draw.bytes(draw.number(200)),
    () => Buffer.from(draw.text(200)),
    () => Buffer.from(JSON.stringify(draw.json(5))),
    () => Buffer.from('{"a":'.repeat(draw.number(5_000))),
    () => Buffer.from('['.repeat(50_000)),
    () => Buffer.from(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
    () => Buffer.from(`\ufeff{"a":"${draw.text(20)}"}`),
    () =>
      Buffer.concat([Buffer.from('{"description":"'), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('"}')]),
    () => Buffer.from(`{"amount":1${'0'.repeat(draw.number(400))},"amount":{}}`),
    () => Buffer.alloc(0),
  ]
  // Few are large: they cost more than all others together.
  if (draw.chance(400)) return Buffer.alloc(140 * 1024 + draw.number(100_000), 0x61)
  return draw.one(kinds)()
}

/** Right bodies, by the address they are for, that single faults are put into. */
export function rightBodies(stage: Stage): Record<string, Record<string, unknown>> {
  const medical = { ...OF_INSURANCE, mix_pay_type: 'INSURANCE_ONLY', order_type: 'REG_PAY', total_fee: 1 }
  return {
    pay: { ...stage.order(), detail: { goods_detail: [{}] }, scene_info: { payer_client_ip: '1.2.3.4' } },
    combine: combined(stage, { scene_info: { payer_client_ip: '1.2.3.4' } }),
    refund: {
      out_trade_no: 'FUZZ0001',
      out_refund_no: 'R1',
      amount: { refund: 1, total: 1, currency: 'CNY', from: [{ account: 'AVAILABLE', amount: 1 }] },
    },
    orders: {
      ...medical,
      payer: { name: 'x', id_digest: 'x', card_type: 'ID_CARD' },
      out_trade_no: 'FUZZ0001',
    },
    notify: { ...INSURANCE_REFUND, out_refund_no: 'R1' },
  }
}

/** The same body with one field, however deep, replaced, renamed or left out. */
function spoiled(draw: Draw, body: Record<string, unknown>): Record<string, unknown> {
  const copy = structuredClone(body)
  let at: Record<string, unknown> = copy
  for (;;) {
    const names = Object.keys(at)
    if (names.length === 0) return copy
    const name = draw.one(names)
    const inner = at[name]
    if (typeof inner === 'object' && inner !== null && !draw.chance(3)) {
      at = inner as Record<string, unknown>
      continue
    }
    const kind = draw.number(4)
    if (kind === 0) delete at[name]
    else if (kind === 1) at[draw.text(12)] = inner
    else at[name] = kind === 2 ? draw.json() : draw.text(300)
    return copy
  }
}

/** What requests are made of. */
export interface Kit {
  merchants: readonly SandboxMerchant[]
  bodies: ReturnType<typeof rightBodies>
  insider: Insider
}

/** The next request of the campaign: by a stranger, by a merchant who signs, or by who knows the rest of the sandbox. */
export function badRequest(draw: Draw, { merchants, bodies, insider }: Kit): BadRequest {
  const kind = draw.number(6)
  if (kind < 2) return unsigned(draw)
  return kind < 5 ? signed(draw, merchants, bodies) : nearRight(draw, insider)
}

function nearRight(draw: Draw, insider: Insider): BadRequest {
  const headers = { origin: insider.url, 'content-type': 'application/json' }
  const kind = draw.number(5)
  if (kind === 0) {
    const path = alipayAddress(insider, draw, spoiled)
    return { method: draw.one(['GET', 'POST']), path, headers: {}, body: Buffer.alloc(0), isSigned: false }
  }
  if (kind === 1) {
    // On a phone, which reaches the sandbox's own pages through its proxy.
    const { host, port } = new URL(insider.url)
    const path = `/~/http/${host}${draw.one(OTHER_PATHS)}?${odd(draw)}`
    const phone = { host: `a.localhost:${port}`, 'sec-fetch-site': 'same-origin' }
    return { method: draw.one(METHODS), path, headers: phone, body: foulBody(draw), isSigned: false }
  }
  const { method, path, body } = draw.one(insider.patterns)
  const bytes = draw.chance(8) ? foulBody(draw) : Buffer.from(JSON.stringify(spoiled(draw, body)))
  return { method, path, headers, body: bytes, isSigned: false }
}

function unsigned(draw: Draw): BadRequest {
  const known = draw.one([...GATEWAY_ADDRESSES.map(({ path }) => path), ...OTHER_PATHS])
  const place = draw.chance(10) ? `/${encodeURI(safe(draw.text(30)))}` : known
  const query = draw.chance(3)
    ? `?${draw.one(['bill_date', 'mchid', 'appid', 'code', 'server'])}=${odd(draw)}`
    : ''
  return {
    method: draw.one(METHODS),
    path: place + query,
    isSigned: false,
    body: foulBody(draw),
    headers: {
      'content-type': draw.one([...TYPES, FORM]),
      ...(draw.chance(3) && { authorization: draw.one(FOUL_HEADERS) }),
      ...(draw.chance(8) && { 'content-encoding': draw.one(['gzip', 'br', 'utf-8']) }),
      ...(draw.chance(8) && { cookie: `a=${odd(draw)}` }),
      ...(draw.chance(8) && { 'x-sandbox-user': draw.one(['alice', 'nobody', '__proto__']) }),
    },
  }
}

function signed(
  draw: Draw,
  merchants: readonly SandboxMerchant[],
  bodies: Record<string, Record<string, unknown>>,
): BadRequest {
  const address = draw.one(GATEWAY_ADDRESSES)
  const merchant = draw.one(merchants)
  const path = address.path.replace('FUZZ0001', () => (draw.chance(2) ? odd(draw) || 'x' : 'FUZZ0001'))
  const query = draw.chance(2)
    ? `?${draw.one(['mchid', 'sp_mchid', 'bill_date', 'token', 'mix_trade_no'])}=${odd(draw)}`
    : ''
  const about = Object.keys(bodies).find((name) => path.includes(`/${name}`))
  const body =
    address.method === 'GET'
      ? Buffer.alloc(0)
      : about === undefined || draw.chance(4)
        ? foulBody(draw)
        : Buffer.from(JSON.stringify(spoiled(draw, bodies[about]!)))
  return {
    method: address.method,
    path: path + query,
    isSigned: true,
    body,
    headers: {
      accept: 'application/json',
      'user-agent': 'fuzz',
      ...(body.length > 0 && { 'content-type': 'application/json' }),
      ...(draw.chance(3) && { 'wechatpay-serial': draw.one([merchant.publicKeyId, 'x', '']) }),
      authorization: authorizationOf(merchant, address.method, path + query, body),
    },
  }
}

/** Text as it may stand in an address, sometimes encoded wrongly. */
const odd = (draw: Draw): string =>
  draw.chance(6) ? draw.one(['%', '%ff', '%E0%A4%A', '%00']) : encodeURIComponent(safe(draw.text(40)))

/** encodeURIComponent throws at half a character. */
const safe = (text: string) => text.toWellFormed()
