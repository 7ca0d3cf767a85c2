import { HOUR_MS, MCHID, MINUTE_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const SHOP_PAGE = 'http://127.0.0.1:3000/orders/1'

/** Launches from a web page in WeChat: with the official account's appid, unless told otherwise. */
async function fromPage(stage: Stage, page: string, appid = stage.officialAppid) {
  const sandbox = await stage.h5Shop()
  const body = stage.order({ appid, payer: { openid: sandbox.openid('alice', appid) } })
  const { body: placed } = await sandbox.call(MCHID, 'POST', '/v3/pay/transactions/jsapi', body)
  const launch = sandbox.launch(MCHID, appid, placed.prepay_id)
  return sandbox.control('/cashier', { user: 'alice', appid, ...launch, page })
}

/** A code_url, as a QR code holds it. */
const codeUrl = async (stage: Stage): Promise<string> => (await codeUrls(stage, 1))[0]!

/** The code_urls of an order that was placed so many times. */
async function codeUrls({ sandbox, order }: Stage, count: number): Promise<string[]> {
  const { payer: _payer, ...body } = order()
  const urls: string[] = []
  while (urls.length < count) {
    urls.push((await sandbox.call(MCHID, 'POST', '/v3/pay/transactions/native', body)).body.code_url)
  }
  return urls
}

/** What the H5-pay page wakes WeChat with. */
async function wakeUrl({ sandbox, order }: Stage): Promise<string> {
  const { payer: _payer, ...body } = order({
    scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } },
  })
  const { h5_url: url } = (await sandbox.call(MCHID, 'POST', '/v3/pay/transactions/h5', body)).body
  return `weixin://wap/pay?prepayid=${new URL(url).searchParams.get('prepay_id')}`
}

const scan = ({ sandbox }: Stage, link: string, user = 'alice') =>
  sandbox.control('/cashier/link', { user, link })

/** What opens the cashier is a web page or a scanned code. */
export const CASHIER_PAGE_RULES: Rule[] = [
  {
    id: 'cashier.kind-of-app',
    broken: (stage) => fromPage(stage, SHOP_PAGE, stage.miniAppid),
    answers: { status: 422, errMsg: '支付场景非法' },
    kept: (stage) => fromPage(stage, SHOP_PAGE),
  },
  {
    id: 'cashier.payment-directory',
    broken: (stage) => fromPage(stage, 'http://shop.example/orders/1?from=chat'),
    answers: { status: 422, errMsg: '当前页面的URL未注册：http://shop.example/orders/1' },
    kept: (stage) => fromPage(stage, SHOP_PAGE),
  },
  {
    id: 'cashier.link-of-wechat',
    broken: (stage) => scan(stage, 'https://wxpay/bizpayurl/up?pr=1'),
    answers: { status: 422, message: '无法识别此链接' },
    kept: async (stage) => scan(stage, await codeUrl(stage)),
  },
  {
    id: 'cashier.link-scene',
    // The prepay_id of an order by code, put into the link that a browser's page wakes WeChat with.
    async broken(stage) {
      const prepayId = new URL(await codeUrl(stage)).searchParams.get('pr')
      return scan(stage, `weixin://wap/pay?prepayid=${prepayId}`)
    },
    answers: { status: 422, message: '支付场景非法' },
    kept: async (stage) => scan(stage, await codeUrl(stage)),
  },
  {
    id: 'cashier.code-two-hours',
    async broken(stage) {
      const link = await codeUrl(stage)
      await stage.advance(2 * HOUR_MS)
      return scan(stage, link)
    },
    answers: { status: 422, message: '支付请求已失效，请重新发起支付' },
    async kept(stage) {
      const link = await codeUrl(stage)
      await stage.advance(2 * HOUR_MS - MINUTE_MS)
      return scan(stage, link)
    },
  },
  {
    id: 'cashier.code-replaced',
    broken: async (stage) => scan(stage, (await codeUrls(stage, 2))[0]!),
    answers: { status: 422, message: '支付请求已失效，请重新发起支付' },
    kept: async (stage) => scan(stage, (await codeUrls(stage, 2))[1]!),
  },
  {
    id: 'cashier.code-second-scanner',
    async broken(stage) {
      const link = await codeUrl(stage)
      await scan(stage, link, 'alice')
      return scan(stage, link, 'bob')
    },
    answers: { status: 422, message: '商家订单信息有误' },
    async kept(stage) {
      const link = await codeUrl(stage)
      await scan(stage, link, 'bob')
      return scan(stage, link, 'bob')
    },
  },
  {
    id: 'cashier.link-second-person',
    async broken(stage) {
      const link = await wakeUrl(stage)
      await scan(stage, link, 'alice')
      return scan(stage, link, 'bob')
    },
    answers: { status: 422, message: '系统繁忙' },
    async kept(stage) {
      const link = await wakeUrl(stage)
      await scan(stage, link, 'bob')
      return scan(stage, link, 'bob')
    },
  },
]
