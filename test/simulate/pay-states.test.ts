import { describe, expect, test, vi } from 'vitest'
import { problem, session } from './fake-wechat.ts'
import {
  hintsIn,
  lastCashierIn,
  launch,
  launchesIn,
  openPayUntil,
  pathOf,
  payment,
  payWechat,
  paymentId,
  until,
  type Pay,
} from './pay-page.ts'

const wechat = payWechat()

/** A phone where the page waits for a finger before it opens the cashier. */
async function openIdle(): Promise<Pay> {
  wechat.platform = 'ohos'
  const page = await openPayUntil('idle')
  wechat.platform = 'ios'
  return page
}

describe('确认支付', () => {
  test('waits for a finger where the client demands one, and opens the cashier within the tap', async () => {
    const page = await openIdle()
    expect(wechat.cashiers).toEqual([])
    expect(page.buttons()).toEqual(['确认支付', '查看订单'])
    page.tapButton('确认支付')
    expect(wechat.cashiers).toEqual([expect.objectContaining(launch)])
    expect(page.data.state).toBe('waiting')
  })

  test('tapped twice opens one cashier', async () => {
    const page = await openIdle()
    page.instance.pay?.()
    page.instance.pay?.()
    expect(wechat.cashiers).toHaveLength(1)
  })

  test('is offered when the client refused a cashier that nobody tapped for', async () => {
    const page = await openPayUntil('waiting')
    lastCashierIn(wechat).fail?.({ errMsg: 'requestPayment:fail can only be invoked by user TAP gesture' })
    await until(() => expect(page.buttons()).toEqual(['确认支付', '查看订单']))
    expect(page.text('outcome-message')).toBe('请点“确认支付”打开微信支付')
    page.tapButton('确认支付')
    expect(wechat.cashiers).toHaveLength(2)
    expect(wechat.went).toEqual([])
  })

  test('stays offered: no clock of the first cashier runs on', async () => {
    const page = await openPayUntil('waiting')
    page.instance.onShow?.()
    lastCashierIn(wechat).fail?.({ errMsg: 'requestPayment:fail can only be invoked by user TAP gesture' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(page.buttons()).toEqual(['确认支付', '查看订单'])
  })

  test('has fresh parameters: they are fetched anew before they grow old', async () => {
    const page = await openIdle()
    expect(launchesIn(wechat)).toBe(1)
    await vi.advanceTimersByTimeAsync(10 * 60_000 + 1)
    expect(launchesIn(wechat)).toBe(2)
    expect(page.data.state).toBe('idle')
    expect(wechat.cashiers).toEqual([])
  })

  test('has fresh parameters after a long sleep that stopped every timer', async () => {
    const page = await openIdle()
    vi.setSystemTime(Date.now() + 20 * 60_000)
    page.instance.onShow?.()
    await until(() => expect(launchesIn(wechat)).toBe(2))
    await until(() => expect(page.data.state).toBe('idle'))
    expect(wechat.cashiers).toEqual([])
  })

  test('tapped with old parameters fetches new ones first', async () => {
    const page = await openIdle()
    vi.setSystemTime(Date.now() + 20 * 60_000)
    wechat.server[`POST ${pathOf('/launch')}`] = { status: 200, body: { ...launch, nonceStr: 'second' } }
    page.tapButton('确认支付')
    expect(wechat.cashiers).toEqual([])
    await until(() => expect(wechat.cashiers).toHaveLength(1))
    expect(lastCashierIn(wechat).nonceStr).toBe('second')
  })

  test('coming back to the page opens no cashier, and fetches nothing that is still fresh', async () => {
    const page = await openIdle()
    page.instance.onShow?.()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(wechat.cashiers).toEqual([])
    expect(launchesIn(wechat)).toBe(1)
    expect(page.data.state).toBe('idle')
  })

  test('left without a tap counts as cancelled, so that the result need not wait', async () => {
    const page = await openIdle()
    page.unload()
    await until(() => expect(hintsIn(wechat)).toEqual([{ hint: 'cancel' }]))
    await vi.advanceTimersByTimeAsync(60 * 60_000)
    expect(launchesIn(wechat)).toBe(1)
  })
})

describe('a payment that cannot be paid here', () => {
  const refusedLaunch = (status: number, code: string) => {
    wechat.server[`POST ${pathOf('/launch')}`] = problem(status, code)
  }
  test.each([
    [
      'somebody else’s, or no payment at all',
      () => (wechat.server[`GET ${pathOf()}`] = problem(404)),
      '没有找到这笔支付',
    ],
    ['a malformed id', () => (wechat.server[`GET ${pathOf()}`] = problem(400)), '没有找到这笔支付'],
    [
      'from another door',
      () => (wechat.server[`GET ${pathOf()}`] = problem(409, 'wrong-payer')),
      '这笔支付是在别处发起的',
    ],
  ])('%s: says so, and offers the orders and the home page', async (_name, arrange, title) => {
    arrange()
    wechat.routes = ['pages/pay/pay']
    const page = await openPayUntil('failed')
    expect(page.text('outcome-title')).toBe(title)
    expect(page.buttons()).toEqual(['我的订单', '回到首页'])
    page.tapButton('我的订单')
    page.tapButton('回到首页')
    expect(wechat.went).toEqual([
      'redirectTo /pages/web-view/web-view?to=%2Forders',
      'reLaunch /pages/home/home',
    ])
    expect(wechat.cashiers).toEqual([])
  })

  test('without an id it says so and asks nobody', async () => {
    const page = await openPayUntil('failed', {})
    expect(page.text('outcome-title')).toBe('没有找到这笔支付')
    expect(wechat.sent).toEqual([])
  })

  test.each([
    ['closed', () => (wechat.server[`GET ${pathOf()}`] = payment({ state: 'closed' }))],
    ['closing', () => (wechat.server[`GET ${pathOf()}`] = payment({ state: 'closing' }))],
    ['failed', () => (wechat.server[`GET ${pathOf()}`] = payment({ state: 'failed' }))],
    ['expired since', () => refusedLaunch(409, 'payment-closed')],
  ])('%s: says so and offers the order', async (_name, arrange) => {
    arrange()
    wechat.routes = ['pages/pay/pay']
    const page = await openPayUntil('failed')
    expect(page.text('outcome-title')).toBe('这笔支付已关闭')
    expect(page.buttons()).toEqual(['查看订单', '回到首页'])
    page.tapButton('查看订单')
    await until(() =>
      expect(wechat.went).toEqual(['redirectTo /pages/web-view/web-view?to=%2Forders%2F7KQ2M9ABCDEFG']),
    )
    expect(wechat.cashiers).toEqual([])
  })

  const orderOver = (code: string, more: object = {}) => {
    const { status, body } = problem(409, code)
    return { status, body: { ...body, orderId: '7KQ2M9ABCDEFG', ...more } }
  }

  test.each([
    ['cancelled', '订单已取消'],
    ['cancelling', '订单正在取消'],
    ['expired', '订单已超时关闭'],
    ['last-minute', '已来不及支付'],
    ['a reason of a later server', '已来不及支付'],
  ])('of an order that takes no payment any more, %s: %s', async (closure, title) => {
    wechat.server[`GET ${pathOf()}`] = orderOver('order-closed', { closure })
    const page = await openPayUntil('failed')
    expect(page.text('outcome-title')).toBe(title)
    expect(page.text('outcome-message')).toContain('请再次下单')
    expect(page.buttons()).toEqual(['再次下单', '回到首页'])
    expect(wechat.cashiers).toEqual([])
  })

  test.each([
    ['read', () => (wechat.server[`GET ${pathOf()}`] = orderOver('order-closed'))],
    ['launched', () => (wechat.server[`POST ${pathOf('/launch')}`] = orderOver('order-closed'))],
  ])(
    'of an order that closed or is about to, when it is %s: offers another order',
    async (_name, arrange) => {
      arrange()
      wechat.routes = ['pages/pay/pay']
      const page = await openPayUntil('failed')
      expect(page.text('outcome-title')).toBe('已来不及支付')
      expect(page.buttons()).toEqual(['再次下单', '回到首页'])
      page.tapButton('再次下单')
      await until(() =>
        expect(wechat.went).toEqual(['redirectTo /pages/web-view/web-view?to=%2Forders%2F7KQ2M9ABCDEFG']),
      )
      expect(wechat.cashiers).toEqual([])
    },
  )

  test.each([
    ['paid', () => (wechat.server[`GET ${pathOf()}`] = payment({ state: 'paid' }))],
    ['paid since', () => refusedLaunch(409, 'order-paid')],
    [
      'of an order that another attempt paid',
      () => (wechat.server[`GET ${pathOf()}`] = orderOver('order-paid')),
    ],
  ])('%s: says so and opens no cashier', async (_name, arrange) => {
    arrange()
    const page = await openPayUntil('paid')
    expect(page.text('outcome-title')).toBe('已经支付')
    expect(page.buttons()).toEqual(['查看订单', '回到首页'])
    expect(wechat.cashiers).toEqual([])
  })

  test.each([
    ['part-refunding', '已支付，部分退款中', 'refunding'],
    ['part-refunded', '已支付，部分退款', 'refunded'],
    ['refunding', '退款中', 'refunding'],
    ['refunded', '已退款', 'refunded'],
  ])('paid, %s: says %s instead of a green 已经支付', async (displayState, title, sign) => {
    wechat.server[`GET ${pathOf()}`] = payment({ state: 'paid', displayState })
    const page = await openPayUntil('paid')
    expect(page.text('outcome-title')).toBe(title)
    expect(page.data.screen.sign).toBe(sign)
    expect(page.buttons()).toEqual(['查看订单', '回到首页'])
    expect(wechat.cashiers).toEqual([])
  })

  test('made for the official account: it is not launched here', async () => {
    wechat.server[`GET ${pathOf()}`] = payment({ way: 'jsapi' })
    const page = await openPayUntil('failed')
    expect(page.text('outcome-title')).toBe('这笔支付是在别处发起的')
    expect(launchesIn(wechat)).toBe(0)
  })
})

describe('something that may pass', () => {
  test('a server in trouble: 重试 carries on, and the number for the support desk is shown', async () => {
    wechat.server[`POST ${pathOf('/launch')}`] = problem(504)
    const page = await openPayUntil('failed')
    expect(page.text('outcome-title')).toBe('服务暂时繁忙')
    expect(page.text('outcome-note')).toBe('如需帮助，请告诉商家编号 req-1')
    expect(page.buttons()).toEqual(['重试', '查看订单'])
    wechat.server[`POST ${pathOf('/launch')}`] = { status: 200, body: launch }
    page.tapButton('重试')
    await until(() => expect(page.data.state).toBe('waiting'))
    expect(wechat.cashiers).toHaveLength(1)
  })

  test('no network: says so, and nothing about money is assumed', async () => {
    wechat.server[`GET ${pathOf()}`] = 'lost'
    const page = await openPayUntil('failed')
    expect(page.text('outcome-title')).toBe('网络似乎断开了')
    expect(page.buttons()).toEqual(['重试', '我的订单'])
  })

  test('no login: says so', async () => {
    wechat.server['POST /sessions'] = { status: 200, body: session('unused') }
    wechat.logins = Array(3).fill({ errMsg: 'login:fail system error' })
    const page = await openPayUntil('failed')
    expect(page.text('outcome-title')).toBe('微信登录没有成功')
  })

  test.each([
    'requestPayment:fail no permission',
    'requestPayment:fail access denied',
    'requestPayment:fail banned',
    'requestPayment:fail 支付功能暂时无法使用',
  ])('%s: the shop is limited by WeChat, and the customer reads what to do', async (errMsg) => {
    const page = await openPayUntil('waiting')
    lastCashierIn(wechat).fail?.({ errMsg })
    await until(() => expect(page.data.state).toBe('failed'))
    expect(page.text('outcome-message')).toContain('请联系商家')
    expect(page.buttons()).toEqual(['重试', '查看订单'])
    expect(hintsIn(wechat)).toEqual([{ hint: 'fail' }])
    expect(wechat.went).toEqual([])
  })
})

describe('the time that is left to pay', () => {
  const openByHand = () => {
    wechat.platform = 'ohos'
    return openPayUntil('idle')
  }

  test('counts down by the server’s clock, whatever the phone’s says', async () => {
    vi.setSystemTime('2031-01-01T00:00:00Z')
    const page = await openByHand()
    expect(page.text('bill-time')).toBe('剩余 30:00')
    await vi.advanceTimersByTimeAsync(61_000)
    expect(page.text('bill-time')).toBe('剩余 28:59')
  })

  test('is over a minute before the order closes: the page asks again, and opens no cashier', async () => {
    wechat.server[`GET ${pathOf()}`] = payment({ serverTime: '2026-11-21T10:43:50+08:00' })
    const page = await openByHand()
    expect(page.text('bill-time')).toBe('剩余 1:10')
    const { status, body } = problem(409, 'order-closed')
    const over = { ...body, orderId: '7KQ2M9ABCDEFG', closure: 'last-minute' }
    wechat.server[`GET ${pathOf()}`] = { status, body: over }
    await vi.advanceTimersByTimeAsync(11_000)
    expect(page.text('outcome-title')).toBe('已来不及支付')
    expect(page.text('bill-time')).toBeNull()
    expect(wechat.cashiers).toEqual([])
  })

  test('that a server keeps calling enough is asked about once', async () => {
    wechat.server[`GET ${pathOf()}`] = payment({ serverTime: '2026-11-21T10:44:30+08:00' })
    await openByHand()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(launchesIn(wechat)).toBe(1)
  })

  test('is not shown when the server does not tell its time, nor once it is paid', async () => {
    wechat.server[`GET ${pathOf()}`] = payment({ serverTime: undefined })
    expect((await openByHand()).text('bill-time')).toBeNull()
    wechat.server[`GET ${pathOf()}`] = payment({ state: 'paid' })
    expect((await openPayUntil('paid')).text('bill-time')).toBeNull()
  })
})

describe('the numbers that support asks for', () => {
  test('are shown once the server knows them, and copied by a tap', async () => {
    const page = await openPayUntil('waiting')
    page.tap('number-copy', 0)
    page.tap('number-copy', 1)
    expect(wechat.copied).toEqual(['7KQ2M9ABCDEFG', paymentId])
    expect(wechat.toasts).toEqual([])
  })

  test('that WeChat refuses to copy can still be copied by hand', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined)
    wechat.clipboardError = 'setClipboardData:fail api scope is not declared in the privacy agreement'
    const page = await openPayUntil('waiting')
    page.tap('number-copy')
    await until(() => expect(wechat.toasts).toEqual(['没能复制，请长按号码']))
  })

  test('are not taken from the page’s own address', async () => {
    wechat.server[`GET ${pathOf()}`] = problem(404)
    const page = await openPayUntil('failed')
    expect(page.text('number-text')).toBeNull()
  })
})
