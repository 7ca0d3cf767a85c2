import { authorizationOf, signText } from '../sandbox-client.ts'
import { MCHID } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const unknownOrder = 'NEVER0001'
const nowSeconds = () => Math.floor(Date.now() / 1000)
const stranger = (stage: Stage) => stage.sandbox.merchant('1900000002')

/** An Authorization header for a query, rewritten. */
const rewritten = (stage: Stage, rewrite: (header: string) => string) => {
  const path = `/v3/pay/transactions/out-trade-no/${unknownOrder}?mchid=${MCHID}`
  return rewrite(authorizationOf(stage.sandbox.merchant(MCHID), 'GET', path, ''))
}

const certificates = (stage: Stage, changes: Parameters<Stage['sandbox']['call']>[4] = {}) =>
  stage.sandbox.call(MCHID, 'GET', '/v3/certificates', undefined, changes)

/** A signature that holds is proven by getting past it: the order that nobody made is then not found. */
const passes = (stage: Stage) => stage.placed().then(({ outTradeNo }) => stage.query(outTradeNo))

export const SIGNATURE_RULES: Rule[] = [
  {
    id: 'auth.missing-on-payments',
    broken: (stage) => stage.query(unknownOrder, { authorization: null }),
    answers: { status: 401, code: 'SIGN_ERROR', message: '签名信息错误，验签失败', number: '268443699' },
    kept: passes,
  },
  {
    id: 'auth.missing-elsewhere',
    broken: (stage) => certificates(stage, { authorization: null }),
    answers: { status: 401, code: 'SIGN_ERROR', message: /Http头Authorization值格式错误/ },
    kept: certificates,
  },
  {
    id: 'auth.scheme-on-payments',
    broken: (stage) => stage.query(unknownOrder, { authorization: 'Bearer token' }),
    answers: { status: 401, code: 'SIGN_ERROR', message: '签名信息错误，验签失败' },
    kept: passes,
  },
  {
    id: 'auth.scheme-elsewhere',
    broken: (stage) => certificates(stage, { authorization: 'Bearer token' }),
    answers: { status: 401, code: 'SIGN_ERROR', message: 'Http头Authorization认证类型不正确' },
    kept: certificates,
  },
  {
    id: 'auth.five-items',
    broken: (stage) =>
      stage.query(unknownOrder, {
        authorization: rewritten(stage, (header) => header.replace(/,serial_no=.*/, '')),
      }),
    answers: { status: 401, code: 'SIGN_ERROR', message: /Http头Authorization值格式错误/ },
    // Any order of the five will do.
    async kept(stage) {
      const { outTradeNo } = await stage.placed()
      const path = `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${MCHID}`
      const [scheme, items] = authorizationOf(stage.sandbox.merchant(MCHID), 'GET', path, '').split(' ')
      return stage.query(outTradeNo, {
        authorization: `${scheme} ${items!.split(',').toReversed().join(',')}`,
      })
    },
  },
  {
    id: 'auth.each-item-once',
    broken: (stage) =>
      stage.query(unknownOrder, {
        authorization: rewritten(stage, (header) => `${header},mchid="${MCHID}"`),
      }),
    answers: { status: 401, code: 'SIGN_ERROR', message: /Http头Authorization值格式错误/ },
    kept: passes,
  },
  {
    id: 'auth.double-quotes',
    broken: (stage) =>
      stage.query(unknownOrder, { authorization: rewritten(stage, (header) => header.replaceAll('"', "'")) }),
    answers: { status: 401, code: 'SIGN_ERROR', message: /Http头Authorization值格式错误/ },
    kept: passes,
  },
  {
    id: 'auth.timestamp-past',
    broken: (stage) => stage.query(unknownOrder, { timestamp: nowSeconds() - 302 }),
    answers: {
      status: 401,
      code: 'SIGN_ERROR',
      message: 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟',
    },
    kept: async (stage) => stage.query((await stage.placed()).outTradeNo, { timestamp: nowSeconds() - 290 }),
  },
  {
    id: 'auth.timestamp-future',
    broken: (stage) => stage.query(unknownOrder, { timestamp: nowSeconds() + 310 }),
    answers: {
      status: 401,
      code: 'SIGN_ERROR',
      message: 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟',
    },
    kept: async (stage) => stage.query((await stage.placed()).outTradeNo, { timestamp: nowSeconds() + 290 }),
  },
  {
    id: 'auth.unknown-merchant',
    broken: (stage) => stage.query(unknownOrder, { mchid: '1999999999' }),
    answers: { status: 401, code: 'SIGN_ERROR', message: '签名错误' },
    kept: passes,
  },
  {
    id: 'auth.serial-of-merchant',
    broken: (stage) => stage.query(unknownOrder, { serialNo: stranger(stage).serialNo }),
    answers: { status: 401, code: 'SIGN_ERROR', message: /商户证书序列号有误/ },
    kept: async (stage) => {
      const { serialNo } = stage.sandbox.merchant(MCHID)
      return stage.query((await stage.placed()).outTradeNo, { serialNo: serialNo.toLowerCase() })
    },
  },
  {
    id: 'auth.key-of-merchant',
    broken: (stage) => stage.query(unknownOrder, { privateKeyPem: stranger(stage).privateKeyPem }),
    answers: { status: 401, code: 'SIGN_ERROR', message: '错误的签名，验签失败', number: '268443699' },
    kept: passes,
  },
  {
    id: 'auth.signature-exact',
    broken: (stage) =>
      stage.query(unknownOrder, {
        authorization: rewritten(stage, (header) => header.replace(/signature="/, 'signature="!')),
      }),
    answers: { status: 401, code: 'SIGN_ERROR', message: '错误的签名，验签失败' },
    kept: passes,
  },
  {
    id: 'auth.body-as-signed',
    broken: (stage) => stage.prepay({}, { sentBody: JSON.stringify(stage.order({ amount: { total: 1 } })) }),
    answers: { status: 401, code: 'SIGN_ERROR', message: '错误的签名，验签失败' },
    kept: (stage) => stage.prepay(),
  },
  {
    id: 'auth.query-is-signed',
    async broken(stage) {
      const merchant = stage.sandbox.merchant(MCHID)
      const path = '/v3/pay/transactions/out-trade-no/ABCDEF'
      const authorization = authorizationOf(merchant, 'GET', path, '')
      return stage.sandbox.call(MCHID, 'GET', `${path}?mchid=${MCHID}`, undefined, { authorization })
    },
    answers: { status: 401, code: 'SIGN_ERROR' },
    kept: passes,
  },
  {
    id: 'auth.last-line-feed',
    async broken(stage) {
      const merchant = stage.sandbox.merchant(MCHID)
      const path = `/v3/pay/transactions/out-trade-no/ABCDEF?mchid=${MCHID}`
      const text = `GET\n${path}\n${nowSeconds()}\nNONCE\n`
      const signature = signText(merchant.privateKeyPem, text)
      const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${MCHID}",nonce_str="NONCE",timestamp="${nowSeconds()}",serial_no="${merchant.serialNo}",signature="${signature}"`
      return stage.sandbox.call(MCHID, 'GET', path, undefined, { authorization })
    },
    answers: { status: 401, code: 'SIGN_ERROR' },
    kept: passes,
  },
  {
    id: 'http.user-agent',
    broken: (stage) => certificates(stage, { headers: { 'user-agent': '' } }),
    answers: { status: 400, code: 'INVALID_REQUEST', message: 'Http头缺少Accept或User-Agent' },
    // The payment addresses do not insist.
    kept: async (stage) =>
      stage.query((await stage.placed()).outTradeNo, { headers: { 'user-agent': '', accept: '*/*' } }),
  },
  {
    id: 'http.content-type',
    broken: (stage) => stage.prepay({}, { headers: { 'content-type': 'text/plain' } }),
    answers: { status: 400, code: 'INVALID_REQUEST', message: /Content-Type/ },
    kept: (stage) => stage.prepay({}, { headers: { 'content-type': 'application/json; charset=utf-8' } }),
  },
]
