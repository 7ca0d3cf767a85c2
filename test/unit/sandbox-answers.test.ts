import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { proofOf, proves } from '../support/sandbox-client.ts'
import type { Reply } from '../support/sandbox-client.ts'
import { MCHID, openStage } from '../support/sandbox-rules/rule.ts'
import type { Stage } from '../support/sandbox-rules/rule.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())
afterEach(() => stage.sandbox.control('/rules', undefined, 'DELETE'))

/** Which of WeChat's keys proves this answer; null when it is unsigned. */
function signerOf(reply: Reply, mchid = MCHID): 'platform certificate' | 'public key' | null {
  const proof = proofOf(reply.headers)
  if (!proof) return null
  const merchant = stage.sandbox.merchant(mchid)
  const byPublicKey = proof.serial === merchant.publicKeyId
  const pem = byPublicKey ? merchant.publicKeyPem : merchant.platformCertificatePem
  expect(proof.serial).toBe(byPublicKey ? merchant.publicKeyId : merchant.platformSerialNo)
  expect(proves(proof, pem, reply.text)).toBe(true)
  return byPublicKey ? 'public key' : 'platform certificate'
}

describe('which answers are signed', () => {
  test('an answer with a body is, over its exact bytes', async () => {
    expect(signerOf(await stage.prepay())).toBe('platform certificate')
  })

  test('a 204 is, over an empty body, and carries a type all the same', async () => {
    const { outTradeNo } = await stage.placed()
    const closed = await stage.closeOrder(outTradeNo)
    expect(signerOf(closed)).toBe('platform certificate')
    expect([closed.status, closed.text, closed.headers.get('content-type')]).toEqual([
      204,
      '',
      'application/json; charset=utf-8',
    ])
  })

  test.each([
    ['400', () => stage.prepay({ amount: { total: 0 } })],
    ['404', () => stage.query(stage.freshNumber())],
  ])('a %s is', async (status, ask) => {
    const reply = await ask()
    expect(reply.status).toBe(Number(status))
    expect(signerOf(reply)).toBe('platform certificate')
  })

  test('a 500 of the weather is', async () => {
    await stage.sandbox.control('/rules', {
      match: { api: 'query', times: 1 },
      effect: { error: 'SYSTEM_ERROR' },
    })
    const reply = await stage.query(stage.freshNumber())
    expect([reply.status, reply.body.code, signerOf(reply)]).toEqual([
      500,
      'SYSTEM_ERROR',
      'platform certificate',
    ])
  })

  test('a 401 is not: WeChat does not know who asks', async () => {
    const reply = await stage.query('NEVER0001', { authorization: null })
    expect([reply.status, signerOf(reply)]).toEqual([401, null])
  })

  test('a 401 of the weather is not either', async () => {
    await stage.sandbox.control('/rules', {
      match: { api: 'query', times: 1 },
      effect: { error: 'SIGN_ERROR' },
    })
    const reply = await stage.query(stage.freshNumber())
    expect([reply.status, reply.body.code, signerOf(reply)]).toEqual([401, 'SIGN_ERROR', null])
  })

  test('unknown addresses answer 404 and wrong methods 405, without body and signature', async () => {
    const unknown = await stage.sandbox.call(MCHID, 'GET', '/v3/pay/transactions/nothing')
    const wrong = await stage.sandbox.call(MCHID, 'GET', '/v3/pay/transactions/jsapi')
    expect([unknown.status, unknown.text, signerOf(unknown)]).toEqual([404, '', null])
    expect([wrong.status, wrong.text, signerOf(wrong)]).toEqual([405, '', null])
  })
})

describe('which key signs', () => {
  const asking = (serial: string) => stage.prepay({}, { headers: { 'wechatpay-serial': serial } })

  test('while migrating: the public key when the request names it, otherwise the platform certificate', async () => {
    const { publicKeyId, platformSerialNo } = stage.sandbox.merchant(MCHID)
    expect(signerOf(await asking(publicKeyId))).toBe('public key')
    expect(signerOf(await asking(platformSerialNo))).toBe('platform certificate')
    expect(signerOf(await asking('PUB_KEY_ID_0000000000000000000000000000000000'))).toBe(
      'platform certificate',
    )
  })

  test('before the merchant began to migrate, naming the public key has no effect', async () => {
    const mchid = '1900000003'
    const { publicKeyId } = stage.sandbox.merchant(mchid)
    const headers = { 'wechatpay-serial': publicKeyId }
    const reply = await stage.sandbox.call(mchid, 'GET', '/v3/certificates', undefined, { headers })
    expect(signerOf(reply, mchid)).toBe('platform certificate')
  })

  test('a direct merchant in certificate mode has a certificate, orders, and is answered by it', async () => {
    const mchid = '1900000004'
    const { mode, platformSerialNo, appids } = stage.sandbox.merchant(mchid)
    expect([mode, platformSerialNo]).toEqual(['certificate', expect.stringMatching(/^[0-9A-F]{40}$/)])
    const { body } = await stage.sandbox.call(mchid, 'GET', '/v3/certificates')
    expect(body.data).toMatchObject([{ serial_no: platformSerialNo }])
    const { appid } = appids.find(({ kind }) => kind === 'mini-program')!
    const order = stage.order({ mchid, appid, payer: { openid: stage.sandbox.openid('alice', appid) } })
    const reply = await stage.sandbox.call(mchid, 'POST', '/v3/pay/transactions/jsapi', order)
    expect([reply.status, signerOf(reply, mchid)]).toEqual([200, 'platform certificate'])
  })

  test('a merchant in public-key mode is answered by public key only', async () => {
    const reply = await stage.sandbox.call('1900000002', 'GET', '/v3/certificates')
    expect([reply.status, signerOf(reply, '1900000002')]).toEqual([404, 'public key'])
  })
})

describe('what answers say', () => {
  test('a wrong signature is explained: method, url, length in bytes, and the text without most of the body', async () => {
    const body = stage.order({ description: '茶'.repeat(40) })
    const sent = JSON.stringify({ ...body, description: `x${body['description'] as string}` })
    const { body: answer } = await stage.sandbox.call(MCHID, 'POST', '/v3/pay/transactions/jsapi', body, {
      sentBody: sent,
      timestamp: Math.floor(Date.now() / 1000),
      nonce: 'EXPLAINED',
    })
    const shown = answer.detail.sign_information
    expect(answer.detail).toMatchObject({
      detail: { issue: 'sign not match' },
      field: 'signature',
      location: 'authorization',
    })
    expect(shown).toMatchObject({ method: 'POST', url: '/v3/pay/transactions/jsapi' })
    // https://github.com/minibear2021/wechatpayv3/issues/56: eight bytes of the body, and a line feed.
    expect(shown.truncated_sign_message).toMatch(
      /^POST\n\/v3\/pay\/transactions\/jsapi\n\d{10}\nEXPLAINED\n\{"appid"\n$/,
    )
    const head = shown.truncated_sign_message.indexOf('{')
    expect(shown.sign_message_length).toBe(head + Buffer.byteLength(sent) + 1)
  })

  test('a serial number of another certificate is explained in the same way', async () => {
    const reply = await stage.query('NEVER0001', { serialNo: 'A'.repeat(40) })
    const { method, url, truncated_sign_message: text } = reply.body.detail.sign_information
    expect([reply.status, method, url]).toEqual([401, 'GET', expect.stringContaining('NEVER0001')])
    expect(text).toMatch(/^GET\n\/v3\/[^\n]+\n\d{10}\n[^\n]+\n\n$/)
  })

  test('a value that would make the answer long is not repeated', async () => {
    const { body } = await stage.prepay({ amount: Array.from({ length: 500 }, () => ({ total: 1 })) })
    expect(body.detail).toEqual({ location: 'body', value: null })
  })

  test('an unpaid order shows nothing that only a payment brings, nor what was sent at prepay', async () => {
    const { outTradeNo } = await stage.placed({ attach: 'table 4' })
    expect((await stage.query(outTradeNo)).body).toEqual({
      appid: stage.miniAppid,
      mchid: MCHID,
      out_trade_no: outTradeNo,
      trade_state: 'NOTPAY',
      trade_state_desc: '订单未支付',
    })
  })

  test('a paid order shows who paid, how much, when, and what the merchant attached', async () => {
    const { outTradeNo, prepayId } = await stage.placed({ attach: 'table 4' })
    await stage.pay(prepayId)
    expect((await stage.query(outTradeNo)).body).toEqual({
      appid: stage.miniAppid,
      mchid: MCHID,
      out_trade_no: outTradeNo,
      transaction_id: expect.stringMatching(/^4200\d{24}$/),
      trade_type: 'JSAPI',
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      bank_type: 'OTHERS',
      attach: 'table 4',
      success_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/),
      payer: { openid: stage.sandbox.openid('alice', stage.miniAppid) },
      amount: { total: 8_800, payer_total: 8_800, currency: 'CNY', payer_currency: 'CNY' },
    })
  })

  test('ordering again with the same parameters gives another prepay_id, and both pay the same order', async () => {
    const body = stage.order()
    const first = await stage.placed(body)
    const second = await stage.placed(body)
    expect(second.prepayId).not.toBe(first.prepayId)
    await stage.pay(first.prepayId)
    expect((await stage.pay(second.prepayId)).body).toMatchObject({ errMsg: '该订单已支付' })
  })

  test('an order nobody paid closes itself after seven days, though its expiry came earlier', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    const { body: clock } = await stage.sandbox.control('/clock')
    const { outTradeNo } = await stage.placed({ time_expire: soon })
    await stage.advance(2 * 3_600_000)
    expect((await stage.query(outTradeNo)).body.trade_state).toBe('NOTPAY')
    await stage.advance(7 * 86_400_000)
    expect((await stage.query(outTradeNo)).body.trade_state).toBe('CLOSED')
    await stage.sandbox.control('/clock', { at: clock.now })
  })
})

describe('weather on requests', () => {
  test('dropBefore breaks the connection and nothing was done; dropAfter breaks it when it was', async () => {
    const [before, after] = [stage.order(), stage.order()]
    await stage.sandbox.control('/rules', {
      match: { api: 'prepay', outTradeNo: before['out_trade_no'] },
      effect: { dropBefore: true },
    })
    await stage.sandbox.control('/rules', {
      match: { api: 'prepay', outTradeNo: after['out_trade_no'] },
      effect: { dropAfter: true },
    })
    await expect(stage.prepay(before)).rejects.toThrow('fetch failed')
    await expect(stage.prepay(after)).rejects.toThrow('fetch failed')
    expect((await stage.query(String(before['out_trade_no']))).status).toBe(404)
    expect((await stage.query(String(after['out_trade_no']))).body.trade_state).toBe('NOTPAY')
  })

  test('an error code alone brings its usual status; a whole error is taken as it is', async () => {
    const rule = (error: unknown) =>
      stage.sandbox.control('/rules', { match: { times: 1 }, effect: { error } })
    await rule('FREQUENCY_LIMITED')
    const limited = await stage.prepay()
    expect([limited.status, limited.body.code]).toEqual([429, 'FREQUENCY_LIMITED'])
    expect(limited.headers.get('request-id')).toMatch(/-268447840$/)
    await rule({ status: 403, code: 'TRADE_ERROR', message: '交易失败' })
    expect((await stage.prepay()).body).toEqual({ code: 'TRADE_ERROR', message: '交易失败' })
  })
})
