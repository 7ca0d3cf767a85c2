import { describe, expect, test } from 'vitest'
import { phoneStage } from '../support/phone-stage.ts'
import { expectPage, type HeldPhone } from '../support/walk.ts'

const stage = phoneStage()
const seen: Record<string, string>[] = []

/** Pays with what this phone's own WeChat shows. */
async function payHere(device: HeldPhone): Promise<void> {
  await expectPage(device.cashier).toBeVisible()
  await device.tap('立即支付')
}

/** HarmonyOS wants a finger on a button: the native page waits at its own. */
async function tapThenPay(device: HeldPhone): Promise<void> {
  await device.tap('确认支付')
  await payHere(device)
}

/** The phone beside the computer goes back to its conversations and reads the code from the other screen. */
async function scanAndPay(computer: HeldPhone, phone: HeldPhone): Promise<void> {
  await expectPage(computer.web.getByTestId('qr-code')).toBeVisible()
  await phone.tap('关闭小程序')
  await phone.glass.getByRole('button', { name: '扫一扫' }).click()
  await payHere(phone)
}

/** Alipay's cashier is a page, and it knows who holds this device: nobody is asked. */
async function payAtAlipay(device: HeldPhone): Promise<void> {
  await device.tapWeb('确认付款')
}

/** Alipay chosen on the computer, in the place of the code. */
async function chooseAlipay(computer: HeldPhone): Promise<void> {
  await computer.tapWeb('稍后支付')
  await computer.tapWeb('换一种支付方式')
  await computer.tapWeb('支付宝')
  await payAtAlipay(computer)
}

interface Device {
  device: string
  /** How the window is opened. */
  address: string
  /** The way the H5 has to choose, and the ledger's word for it: WeChat's trade_type, Alipay's product_code. */
  way: string
  tradeType: string
  /** The entry that collects: its code begins the number. */
  entry: string
  /** Walks from the mini-program's home. */
  isMiniProgram?: boolean
  pay: (device: HeldPhone, beside: HeldPhone) => Promise<void>
}

const inMiniProgram = (device: string, profile: string, pay: Device['pay'] = payHere): Device => ({
  device,
  address: `/phone/?profile=${profile}`,
  isMiniProgram: true,
  way: 'mini-program',
  tradeType: 'JSAPI',
  entry: '02',
  pay,
})

const inAccount = (device: string, profile: string): Device => ({
  device,
  address: `/phone/?profile=${profile}&entry=official-account`,
  way: 'jsapi',
  tradeType: 'JSAPI',
  entry: '01',
  pay: payHere,
})

const inBrowser = (device: string, profile: string): Device => ({
  device,
  address: `/phone/?profile=${profile}`,
  way: 'h5',
  tradeType: 'MWEB',
  entry: '03',
  pay: payHere,
})

const onComputer = (device: string, profile: string): Device => ({
  device,
  address: `/phone/?phones=a:alice:${profile},b:bob:ios&entry=official-account`,
  way: 'native-qr',
  tradeType: 'NATIVE',
  entry: '04',
  pay: scanAndPay,
})

const inAlipay = (device: string, profile: string): Device => ({
  device,
  address: `/phone/?profile=${profile}`,
  way: 'alipay-wap',
  tradeType: 'QUICK_WAP_WAY',
  entry: '06',
  pay: payAtAlipay,
})

const DEVICES: Device[] = [
  inMiniProgram('iPhone', 'ios'),
  inMiniProgram('安卓', 'android'),
  inMiniProgram('鸿蒙', 'harmony', tapThenPay),
  inMiniProgram('安静的安卓', 'silent'),
  inMiniProgram('电脑微信', 'wechat-pc'),
  inAccount('iPhone', 'ios'),
  inAccount('安卓', 'android'),
  inAccount('鸿蒙', 'harmony'),
  inBrowser('Safari', 'safari'),
  inBrowser('安卓 Chrome', 'chrome'),
  onComputer('电脑 Chrome', 'pc'),
  onComputer('电脑微信', 'wechat-pc'),
  onComputer('企业微信', 'wecom'),
  onComputer('抖音小程序', 'douyin-mini'),
  inAlipay('支付宝', 'alipay'),
  inAlipay('支付宝小程序', 'alipay-mini'),
  {
    ...inAlipay('电脑 Chrome', 'pc'),
    way: 'alipay-page',
    tradeType: 'FAST_INSTANT_TRADE_PAY',
    pay: chooseAlipay,
  },
]
const ALIPAY_ENTRY = '06'

interface TradePaid {
  outTradeNo: string
  /** The app that collected: appid at WeChat, app_id at Alipay. */
  app: string
  tradeType: string
}

/** Everything that WeChat and Alipay were paid for, by their own ledgers. */
async function paidTrades(): Promise<TradePaid[]> {
  const { trades, alipayTrades } = (await stage.shop.sandbox.control('/ledger')).body
  const atWeChat = trades.filter((trade: { tradeState: string }) => trade.tradeState === 'SUCCESS')
  const atAlipay = alipayTrades.filter(
    (trade: { tradeStatus: string }) => trade.tradeStatus === 'TRADE_SUCCESS',
  )
  return [
    ...atWeChat.map(({ outTradeNo, appid, tradeType }: Record<string, string>) => ({
      outTradeNo,
      app: appid,
      tradeType,
    })),
    ...atAlipay.map(({ outTradeNo, appId, productCode }: Record<string, string>) => ({
      outTradeNo,
      app: appId,
      tradeType: productCode,
    })),
  ]
}

/** The app that collects for an entry. */
async function appOf({ entry, isMiniProgram }: Device): Promise<string> {
  if (entry === ALIPAY_ENTRY) return (await stage.shop.sandbox.control('/alipay')).body.apps[0].appId
  return stage.shop.appids[isMiniProgram ? 'mini-program' : 'official-account']
}

describe('from the shop to paid', () => {
  test.each(DEVICES)('$device chooses $way, and it is paid once', async (row) => {
    const before = new Set((await paidTrades()).map(({ outTradeNo }) => outTradeNo))
    const { a, b } = await stage.open(row.address)
    if (row.isMiniProgram) await a.tap('去下单')
    await a.tapWeb('立即购买')
    await a.tapWeb('提交订单')
    await row.pay(a, b)
    await expectPage(a.resultTitle).toHaveText('支付成功')
    const paid = (await paidTrades()).filter(({ outTradeNo }) => !before.has(outTradeNo))
    const app = await appOf(row)
    expect(paid).toMatchObject([{ app, tradeType: row.tradeType }])
    expect(paid[0]!.outTradeNo.slice(0, 2)).toBe(row.entry)
    const { device, way, entry, tradeType } = row
    seen.push({ device, way, entry, tradeType, app, paid: 'once' })
  })
})

test('H5 pay refuses WeCom, and the way back leads to a way that works', async () => {
  const { a } = await stage.open('/phone/?profile=wecom')
  await a.tapWeb('立即购买')
  await a.tapWeb('提交订单')
  await a.tapWeb('稍后支付')
  await a.tapWeb('换一种支付方式')
  await expectPage(a.web.locator('.way')).toHaveText(['用手机微信扫码支付', '支付宝', '打开微信支付'])
  await a.tapWeb('打开微信支付')
  await expectPage(a.web.getByText('请在微信外打开订单')).toBeVisible()
  await a.back()
  await a.tapWeb('去支付')
  await expectPage(a.web.getByTestId('qr-code')).toBeVisible()
})
