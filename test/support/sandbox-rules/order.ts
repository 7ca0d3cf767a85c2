import type { Reply } from '../sandbox-client.ts'
import { identity } from './order-requests.ts'
import { MCHID } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

/** A jsapi order with one change that breaks it and one that does not. */
function field(
  id: string,
  broken: (stage: Stage) => Record<string, unknown>,
  answers: Rule['answers'],
  kept: (stage: Stage) => Record<string, unknown>,
): Rule {
  return {
    id,
    broken: (stage) => stage.prepay(broken(stage)),
    answers: { status: 400, code: 'PARAM_ERROR', number: '268435461', ...answers },
    kept: (stage) => stage.prepay(kept(stage)),
  }
}

/** A body that cannot be read. It is signed as sent, so that nothing but the body is at fault. */
const raw = (id: string, broken: Uint8Array<ArrayBuffer>, message: RegExp): Rule => ({
  id,
  broken: (stage) => stage.sandbox.callBytes(MCHID, 'POST', '/v3/pay/transactions/jsapi', broken),
  answers: { status: 400, code: 'PARAM_ERROR', message, number: '268435461' },
  kept: (stage) => stage.prepay(),
})

/** An order by code that only this identity may pay. */
function identified(stage: Stage, changes: object = {}, serial?: string): Promise<Reply> {
  const body = stage.order({ payer: { identity: identity(stage, changes) } })
  const headers = { 'wechatpay-serial': serial ?? stage.sandbox.merchant(MCHID).platformSerialNo }
  return stage.sandbox.call(MCHID, 'POST', '/v3/pay/transactions/native', body, { headers })
}

const long = (bytes: number) => 'x'.repeat(bytes)
const bytesOf = (...parts: (string | number[])[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string))))

export const ORDER_RULES: Rule[] = [
  raw('body.json', bytesOf('{"appid":'), /不是合法的JSON/),
  raw('body.object', bytesOf('[1,2]'), /应为JSON对象/),
  raw('body.utf8', bytesOf('{"description":"', [0xc3, 0x28], '"}'), /不是UTF-8/),
  {
    id: 'body.three-byte-characters',
    broken: (stage) => stage.prepay({ description: '茶 🍵' }),
    answers: { status: 400, code: 'PARAM_ERROR', message: /四字节/ },
    kept: (stage) => stage.prepay({ description: '茶 ☕ 中文' }),
  },
  {
    id: 'body.unknown-field',
    broken: (stage) => stage.prepay({ trade_type: 'JSAPI' }),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '请求中含有未在API文档中定义的参数',
      number: '270924358',
    },
    kept: (stage) => stage.prepay({ goods_tag: 'SPRING' }),
  },
  {
    id: 'body.unknown-field-inside',
    broken: (stage) => stage.prepay({ amount: { total: 1, currency: 'CNY', refund: 1 } }),
    answers: { status: 400, code: 'PARAM_ERROR', number: '270924358' },
    kept: (stage) => stage.prepay({ amount: { total: 1 } }),
  },
  {
    id: 'body.unknown-field-in-list',
    broken: (stage) =>
      stage.prepay({
        detail: { goods_detail: [{ merchant_goods_id: 'tea', quantity: 1, unit_price: 1, colour: 'red' }] },
      }),
    answers: { status: 400, code: 'PARAM_ERROR', number: '270924358' },
    kept: (stage) =>
      stage.prepay({
        detail: {
          goods_detail: [{ merchant_goods_id: 'tea', quantity: 1, unit_price: 1, goods_name: '茶' }],
        },
      }),
  },
  {
    id: 'body.type-before-unknown-field',
    broken: (stage) => stage.prepay({ mchid: undefined, mch_id: MCHID, amount: { total: 0.01 } }),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message:
        '无法将 JSON 输入源“/body/amount/total”映射到目标字段“总金额”中，此字段需要一个合法的 64 位有符号整数',
      detail: { location: 'body', value: 0.01 },
    },
    kept: (stage) => stage.prepay(),
  },
  {
    id: 'body.absent-before-unknown-field',
    broken: (stage) => stage.prepay({ mchid: undefined, mch_id: MCHID }),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '输入源“/body/mchid”映射到字段“直连商户号”必填性规则校验失败，此字段为必填项',
      detail: { location: 'body', value: '' },
    },
    kept: (stage) => stage.prepay(),
  },
  field(
    'order.description-required',
    () => ({ description: undefined }),
    { message: '输入源“/body/description”映射到字段“商品描述”必填性规则校验失败，此字段为必填项' },
    () => ({ description: '茶' }),
  ),
  field(
    'order.description-empty',
    () => ({ description: '' }),
    {
      message: '输入源“/body/description”映射到值字段“商品描述”字符串规则校验失败，字节数 0，小于最小值 1',
      detail: { location: 'body', value: 0 },
    },
    () => ({ description: '茶' }),
  ),
  field(
    'order.description-length',
    () => ({ description: '茶'.repeat(43) }),
    {
      message:
        '输入源“/body/description”映射到值字段“商品描述”字符串规则校验失败，字节数 129，大于最大值 127',
      detail: { location: 'body', value: 129 },
    },
    () => ({ description: '茶'.repeat(42) }),
  ),
  field(
    'order.out-trade-no-shortest',
    () => ({ out_trade_no: 'ABC' }),
    {
      message: '输入源“/body/out_trade_no”映射到值字段“商户订单号”字符串规则校验失败，字节数 3，小于最小值 6',
    },
    (stage) => ({ out_trade_no: stage.freshNumber().slice(-6) }),
  ),
  field(
    'order.out-trade-no-longest',
    () => ({ out_trade_no: long(33) }),
    { message: /字节数 33，大于最大值 32/ },
    (stage) => ({ out_trade_no: stage.freshNumber().padEnd(32, '0') }),
  ),
  field(
    'order.out-trade-no-alphabet',
    () => ({ out_trade_no: '订单号' }),
    {
      message: String.raw`输入源“/body/out_trade_no”映射到值字段“商户订单号”字符串规则校验失败，字符串必须匹配正则表达式“^[0-9a-zA-Z_\-\|\*]+$”`,
      detail: { location: 'body', value: '订单号' },
    },
    (stage) => ({ out_trade_no: `${stage.freshNumber()}_-*|` }),
  ),
  field(
    'order.total-minimum',
    () => ({ amount: { total: 0 } }),
    { message: '输入源“/body/amount/total”映射到数值字段“总金额”规则校验失败，值低于最小值 1' },
    () => ({ amount: { total: 1 } }),
  ),
  field(
    'order.total-integer',
    () => ({ amount: { total: 28.5 } }),
    {
      message:
        '无法将 JSON 输入源“/body/amount/total”映射到目标字段“总金额”中，此字段需要一个合法的 64 位有符号整数',
    },
    () => ({ amount: { total: 28 } }),
  ),
  field(
    'order.total-number',
    () => ({ amount: { total: '2850' } }),
    { message: /合法的 64 位有符号整数/ },
    () => ({ amount: { total: 2_850 } }),
  ),
  field(
    'order.amount-required',
    () => ({ amount: undefined }),
    {
      message: '输入源“/body/amount”映射到字段“订单金额”必填性规则校验失败，此字段为必填项',
      detail: { location: 'body', value: '' },
    },
    () => ({ amount: { total: 1 } }),
  ),
  field(
    'order.amount-object',
    () => ({ amount: [{ total: 1 }] }),
    {
      message: '无法将 JSON 输入源“/body/amount”映射到目标字段“订单金额”中，此字段需要一个合法的 Json 对象',
      detail: { location: 'body', value: [{ total: 1 }] },
    },
    () => ({ amount: { total: 1 } }),
  ),
  field(
    'order.currency',
    () => ({ amount: { total: 1, currency: 'USD' } }),
    { message: /CNY/ },
    () => ({ amount: { total: 1, currency: 'CNY' } }),
  ),
  field(
    'order.attach-length',
    () => ({ attach: long(203) }),
    { message: '输入源“/body/attach”映射到值字段“附加数据”字符串规则校验失败，字节数 203，大于最大值 128' },
    () => ({ attach: long(128) }),
  ),
  field(
    'order.time-expire-format',
    () => ({ time_expire: '2026-11-21 10:00:00' }),
    { message: /rfc3339/ },
    () => ({ time_expire: '2030-11-21T10:00:00+08:00' }),
  ),
  field(
    'order.time-expire-real',
    () => ({ time_expire: '2031-02-29T10:00:00+08:00' }),
    { message: /rfc3339/ },
    () => ({ time_expire: '2032-02-29T10:00:00+08:00' }),
  ),
  field(
    'order.limit-pay',
    () => ({ limit_pay: ['no_cash'] }),
    { message: /limit_pay/ },
    () => ({ limit_pay: ['no_credit'] }),
  ),
  field(
    'order.goods-quantity',
    () => ({ detail: { goods_detail: [{ merchant_goods_id: 'tea', quantity: 0, unit_price: 1 }] } }),
    { message: /值低于最小值 1/ },
    () => ({ detail: { goods_detail: [{ merchant_goods_id: 'tea', quantity: 1, unit_price: 1 }] } }),
  ),
  field(
    'order.goods-some',
    () => ({ detail: { goods_detail: [] } }),
    { message: /goods_detail/ },
    () => ({ detail: { cost_price: 1 } }),
  ),
  field(
    'order.goods-id-alphabet',
    () => ({ detail: { goods_detail: [{ merchant_goods_id: '龙井', quantity: 1, unit_price: 1 }] } }),
    { message: /merchant_goods_id/ },
    () => ({
      detail: { goods_detail: [{ merchant_goods_id: 'tea_Long-jing1', quantity: 1, unit_price: 1 }] },
    }),
  ),
  field(
    'order.support-fapiao-type',
    () => ({ support_fapiao: 'true' }),
    { message: /boolean/, detail: { location: 'body', value: 'true' } },
    () => ({ support_fapiao: true }),
  ),
  field(
    'order.openid-type',
    () => ({ payer: { openid: 4 } }),
    {
      message:
        '无法将 JSON 输入源“/body/payer/openid”映射到目标字段“用户标识”中，此字段需要一个 string 类型的 Json 值',
      detail: { location: 'body', value: 4 },
    },
    () => ({}),
  ),
  field(
    'order.openid-required',
    () => ({ payer: {} }),
    {
      message: '输入源“/body/payer/openid”映射到字段“用户标识”必填性规则校验失败，此字段为必填项',
      number: '268501013',
    },
    () => ({}),
  ),
  field(
    'order.openid-of-appid',
    (stage) => ({ payer: { openid: stage.sandbox.openid('alice', stage.officialAppid) } }),
    { message: 'appid和openid不匹配' },
    (stage) => ({
      appid: stage.officialAppid,
      payer: { openid: stage.sandbox.openid('alice', stage.officialAppid) },
    }),
  ),
  field(
    'order.mchid-of-header',
    () => ({ mchid: '1900000002' }),
    { message: 'http header中的mchid与post payload中的mchid不匹配' },
    () => ({ mchid: MCHID }),
  ),
  {
    id: 'order.appid-of-mchid',
    async broken(stage) {
      const { appid } = stage.sandbox.merchant('1900000002').appids[0]!
      return stage.prepay({ appid, payer: { openid: stage.sandbox.openid('alice', appid) } })
    },
    answers: { status: 400, code: 'APPID_MCHID_NOT_MATCH', number: '268445527' },
    kept: (stage) => stage.prepay(),
  },
  {
    id: 'order.appid-kind',
    broken: ({ sandbox, order, officialAppid }) => {
      const { payer: _payer, ...body } = order({ appid: officialAppid })
      return sandbox.call(MCHID, 'POST', '/v3/pay/transactions/app', body)
    },
    answers: { status: 400, code: 'APPID_MCHID_NOT_MATCH', number: '268445527' },
    kept: ({ sandbox, order }) => {
      const { payer: _payer, ...body } = order()
      return sandbox.call(MCHID, 'POST', '/v3/pay/transactions/native', body)
    },
  },
  {
    id: 'order.scene-info-h5',
    broken: ({ sandbox, order }) => {
      const { payer: _payer, ...body } = order()
      return sandbox.call(MCHID, 'POST', '/v3/pay/transactions/h5', body)
    },
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '输入源“/body/scene_info”映射到字段“场景信息”必填性规则校验失败，此字段为必填项',
    },
    kept: ({ sandbox, order }) => {
      const { payer: _payer, ...body } = order({
        scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } },
      })
      return sandbox.call(MCHID, 'POST', '/v3/pay/transactions/h5', body)
    },
  },
  field(
    'order.payer-client-ip',
    () => ({ scene_info: { payer_client_ip: '203.0.113.256' } }),
    { message: /payer_client_ip.*应为IPv4或IPv6地址/, detail: { location: 'body', value: '203.0.113.256' } },
    () => ({ scene_info: { payer_client_ip: '2400:3200::1' } }),
  ),
  {
    id: 'order.identity-encrypted',
    broken: (stage) => identified(stage, { name: '小林' }),
    answers: { status: 400, code: 'PARAM_ERROR', message: /解密失败/, number: '268435461' },
    kept: (stage) => identified(stage),
  },
  {
    id: 'order.identity-serial',
    broken: (stage) => identified(stage, {}, 'A'.repeat(40)),
    answers: { status: 400, code: 'PARAM_ERROR', message: /Wechatpay-Serial/, number: '268435461' },
    kept: (stage) => identified(stage),
  },
  field(
    'order.notify-url-query',
    (stage) => ({ notify_url: `${stage.receiver.url}?order=1` }),
    {
      message: String.raw`输入源“/body/notify_url”映射到值字段“通知地址”字符串规则校验失败，字符串必须匹配正则表达式“^https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)$”`,
    },
    (stage) => ({ notify_url: stage.receiver.url }),
  ),
  field(
    'order.notify-url-ipv6',
    () => ({ notify_url: 'https://[2400:3200::1]/notify' }),
    { message: /notify_url.*必须匹配正则表达式/ },
    () => ({ notify_url: 'https://203.0.113.7/notify' }),
  ),
  field(
    'order.notify-url-absolute',
    () => ({ notify_url: '/notify' }),
    { message: /notify_url.*必须匹配正则表达式/, detail: { location: 'body', value: '/notify' } },
    () => ({ notify_url: 'https://shop.example.com/notify' }),
  ),
  field(
    'order.notify-url-length',
    () => ({ notify_url: `https://shop.example.com/${long(231)}` }),
    { message: /大于最大值 255/ },
    () => ({ notify_url: `https://shop.example.com/${long(230)}` }),
  ),
  {
    id: 'order.notify-url-https',
    broken: (stage) => stage.prepayStrictly({ notify_url: 'http://shop.example.com/notify' }),
    answers: { status: 400, code: 'PARAM_ERROR', message: /应为https地址/ },
    kept: (stage) => stage.prepayStrictly({ notify_url: 'https://shop.example.com/notify' }),
  },
  ...[
    ['loopback', 'https://127.0.0.1/notify', 'https://8.8.8.8/notify'],
    ['localhost', 'https://localhost/notify', 'https://localhost.example.com/notify'],
    ['private', 'https://192.168.1.7/notify', 'https://192.169.1.7/notify'],
    ['private-172', 'https://172.31.0.1/notify', 'https://172.32.0.1/notify'],
    ['link-local', 'https://169.254.169.254/notify', 'https://169.253.0.1/notify'],
    ['disguised', 'https://0x7f000001/notify', 'https://134744072/notify'],
    ['one-label', 'https://intranet/notify', 'https://intranet.example.com/notify'],
  ].map(([name, broken, kept]): Rule => ({
    id: `order.notify-url-public.${name}`,
    broken: (stage) => stage.prepayStrictly({ notify_url: broken }),
    answers: { status: 400, code: 'PARAM_ERROR', message: /应为外网可访问的地址/ },
    kept: (stage) => stage.prepayStrictly({ notify_url: kept }),
  })),
]
