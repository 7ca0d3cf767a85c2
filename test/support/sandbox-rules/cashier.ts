import { signText } from '../sandbox-client.ts'
import { HOUR_MS, MCHID, MINUTE_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const badSignature = { status: 422, errMsg: '支付验证签名失败', message: '支付验证签名失败' }
const noTotalFee = { status: 422, errMsg: '调用支付JSAPI缺少参数：total_fee' }

/** Launches a fresh order with one parameter changed after it was signed. */
const tampered = (id: string, changes: Record<string, string>, answers: Rule['answers']): Rule => ({
  id,
  broken: async (stage) => stage.launch((await stage.placed()).prepayId, changes),
  answers,
  kept: async (stage) => stage.launch((await stage.placed()).prepayId),
})

/** Launches with parameters that are signed as they are, but say something else. */
async function signed(
  stage: Stage,
  changes: { signer?: string; appid?: string; package?: string; timeStamp?: string; nonceStr?: string },
) {
  const { signer = MCHID, appid = stage.miniAppid, nonceStr = 'NONCE' } = changes
  const { timeStamp = Math.floor(Date.now() / 1000).toString() } = changes
  const packed = changes.package ?? `prepay_id=${(await stage.placed()).prepayId}`
  const { privateKeyPem } = stage.sandbox.merchant(signer)
  const paySign = signText(privateKeyPem, `${appid}\n${timeStamp}\n${nonceStr}\n${packed}\n`)
  const parameters = { timeStamp, nonceStr, package: packed, signType: 'RSA', paySign }
  return stage.sandbox.control('/cashier', { user: 'alice', appid, ...parameters })
}

export const CASHIER_RULES: Rule[] = [
  tampered('cashier.time-stamp', { timeStamp: '1700000000' }, badSignature),
  tampered('cashier.nonce-str', { nonceStr: 'AnotherNonce' }, badSignature),
  tampered('cashier.package', { package: 'prepay_id=wx00000000000000000000000000000000' }, noTotalFee),
  tampered('cashier.sign-type', { signType: 'MD5' }, badSignature),
  tampered('cashier.pay-sign', { paySign: Buffer.from('no signature').toString('base64') }, badSignature),
  {
    // Decoders that skip what is no base64 would take this for the signature.
    id: 'cashier.pay-sign-exact',
    async broken(stage) {
      const { prepayId } = await stage.placed()
      const parameters = stage.sandbox.launch(MCHID, stage.miniAppid, prepayId)
      return stage.launch(prepayId, { ...parameters, paySign: `${parameters['paySign']}x` })
    },
    answers: badSignature,
    kept: async (stage) => stage.launch((await stage.placed()).prepayId),
  },
  tampered(
    'cashier.missing-parameter',
    { nonceStr: '' },
    { status: 422, errMsg: '调用支付JSAPI缺少参数：nonceStr' },
  ),
  {
    id: 'cashier.time-stamp-seconds',
    broken: (stage) => signed(stage, { timeStamp: Date.now().toString() }),
    answers: badSignature,
    kept: (stage) => signed(stage, {}),
  },
  {
    id: 'cashier.nonce-str-length',
    broken: (stage) => signed(stage, { nonceStr: 'x'.repeat(33) }),
    answers: badSignature,
    kept: (stage) => signed(stage, { nonceStr: 'x'.repeat(32) }),
  },
  {
    id: 'cashier.package-of-another-order',
    async broken(stage) {
      const other = await stage.placed()
      return stage.launch((await stage.placed()).prepayId, { package: `prepay_id=${other.prepayId}` })
    },
    answers: badSignature,
    kept: async (stage) => stage.launch((await stage.placed()).prepayId),
  },
  {
    id: 'cashier.package-format',
    broken: async (stage) => signed(stage, { package: (await stage.placed()).prepayId }),
    answers: noTotalFee,
    kept: (stage) => signed(stage, {}),
  },
  {
    id: 'cashier.key-of-merchant',
    broken: (stage) => signed(stage, { signer: '1900000002' }),
    answers: badSignature,
    kept: (stage) => signed(stage, {}),
  },
  {
    id: 'cashier.launching-app',
    broken: (stage) => signed(stage, { appid: stage.officialAppid }),
    answers: noTotalFee,
    kept: (stage) => signed(stage, {}),
  },
  {
    id: 'cashier.scene',
    async broken({ sandbox, order, launch }) {
      const { payer: _payer, ...body } = order()
      const { code_url: url } = (await sandbox.call(MCHID, 'POST', '/v3/pay/transactions/native', body)).body
      return launch(/pr=([^&]+)/.exec(url)![1]!)
    },
    answers: { status: 422, errMsg: '支付场景非法' },
    kept: (stage) => signed(stage, {}),
  },
  {
    id: 'cashier.prepay-two-hours',
    async broken(stage) {
      const { prepayId } = await stage.placed()
      await stage.advance(2 * HOUR_MS)
      return stage.launch(prepayId)
    },
    answers: noTotalFee,
    async kept(stage) {
      const { prepayId } = await stage.placed()
      await stage.advance(2 * HOUR_MS - MINUTE_MS)
      return stage.launch(prepayId)
    },
  },
  {
    id: 'cashier.payer',
    broken: async (stage) => stage.launch((await stage.placed()).prepayId, { user: 'bob' }),
    answers: { status: 422, errMsg: '下单账号与支付账号不一致' },
    kept: async (stage) => stage.launch((await stage.placed()).prepayId, { user: 'alice' }),
  },
  {
    id: 'cashier.paid',
    async broken(stage) {
      const { prepayId } = await stage.placed()
      await stage.pay(prepayId)
      return stage.launch(prepayId)
    },
    answers: { status: 422, errMsg: '该订单已支付' },
    kept: async (stage) => stage.launch((await stage.placed()).prepayId),
  },
  {
    id: 'cashier.closed',
    async broken(stage) {
      const { prepayId, outTradeNo } = await stage.placed()
      await stage.closeOrder(outTradeNo)
      return stage.launch(prepayId)
    },
    answers: { status: 422, errMsg: '该订单已失效' },
    kept: async (stage) => stage.launch((await stage.placed()).prepayId),
  },
  {
    id: 'cashier.second-person',
    // A QR code names no payer: the first who scans it is the only one who may pay.
    async broken({ sandbox, order }) {
      const { payer: _payer, ...body } = order()
      const { code_url: codeUrl } = (await sandbox.call(MCHID, 'POST', '/v3/pay/transactions/native', body))
        .body
      await sandbox.control('/pay', { codeUrl, user: 'alice', outcome: 'cancelled' })
      return sandbox.control('/pay', { codeUrl, user: 'bob' })
    },
    answers: { status: 422, errMsg: '商家订单信息有误' },
    async kept({ sandbox, order }) {
      const { payer: _payer, ...body } = order()
      const { code_url: codeUrl } = (await sandbox.call(MCHID, 'POST', '/v3/pay/transactions/native', body))
        .body
      await sandbox.control('/pay', { codeUrl, user: 'alice', outcome: 'cancelled' })
      return sandbox.control('/pay', { codeUrl, user: 'alice' })
    },
  },
]
