import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fakeWechat, problem, session, type CashierCall } from './fake-wechat.ts'
import { openPage, type Mounted } from './mount.ts'

const wechat = fakeWechat()

type Pay = Mounted<{ state: string; amount: string; description: string }>

const id = '02100261121101500ABCDEFGHJKMNP01'
const launch = {
  timeStamp: '1795230000',
  nonceStr: 'nonce',
  package: 'prepay_id=wx1',
  signType: 'RSA',
  paySign: 'sign',
}

function payment(change: object = {}): { status: number; body: object } {
  const body = {
    id,
    orderId: '7KQ2M9ABCDEFG',
    state: 'pending',
    entryCode: '02',
    entryKind: 'mini-program',
    amountFen: 2805,
    description: '明前龙井 等 2 件',
    way: 'mini-program',
    createdAt: '2026-11-21T10:15:00+08:00',
    expiresAt: '2026-11-21T10:45:00+08:00',
    paidAt: null,
    ...change,
  }
  return { status: 200, body }
}

const pathOf = (suffix = '') => `/payments/${id}${suffix}`
const hints = () => wechat.sent.filter(({ path }) => path === pathOf('/check')).map(({ data }) => data)
const launches = () => wechat.sent.filter(({ path }) => path === pathOf('/launch')).length

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  vi.spyOn(console, 'warn').mockReturnValue(undefined)
  wechat.routes = ['pages/home/home', 'pages/web-view/web-view', 'pages/pay/pay']
  wechat.server[`GET ${pathOf()}`] = payment()
  wechat.server[`POST ${pathOf('/launch')}`] = { status: 200, body: launch }
  wechat.server[`POST ${pathOf('/check')}`] = payment()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Lets time pass, in steps, until the expectation holds. */
async function until(expectation: () => void): Promise<void> {
  for (let step = 0; step < 500; step++) {
    try {
      return expectation()
    } catch {
      await vi.advanceTimersByTimeAsync(10)
    }
  }
  expectation()
}

function open(query: Record<string, string> = { payment: id }): Promise<Pay> {
  return openPage('pages/pay/pay', query)
}

async function openUntil(state: string, query?: Record<string, string>): Promise<Pay> {
  const page = await open(query)
  await until(() => expect(page.data.state).toBe(state))
  return page
}

/** A phone where the page waits for a finger before it opens the cashier. */
async function openIdle(): Promise<Pay> {
  wechat.platform = 'ohos'
  return openUntil('idle')
}

const lastCashier = () => wechat.cashiers.at(-1) as CashierCall

describe('opening the pay page', () => {
  test('shows amount and description from the server, and opens the cashier with its parameters, once', async () => {
    const page = await openUntil('waiting')
    expect(page.text('bill-amount')).toBe('¥28.05')
    expect(page.text('bill-description')).toBe('明前龙井 等 2 件')
    expect(page.text('status-title')).toBe('等待付款')
    expect(wechat.cashiers).toEqual([expect.objectContaining(launch)])
    expect(page.buttons()).toEqual([])
    expect(wechat.sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /sessions',
      `GET ${pathOf()}`,
      `POST ${pathOf('/launch')}`,
    ])
  })

  test('believes the server alone: amounts and parameters in its own address are ignored', async () => {
    const page = await openUntil('waiting', { payment: id, amountFen: '1', package: 'prepay_id=forged' })
    expect(page.text('bill-amount')).toBe('¥28.05')
    expect(lastCashier().package).toBe('prepay_id=wx1')
  })

  test('says that it is preparing while the server has not answered', async () => {
    wechat.server[`GET ${pathOf()}`] = new Promise(() => {})
    const page = await open()
    expect(page.data.state).toBe('preparing')
    expect(page.text('status-title')).toBe('正在准备支付')
    expect(page.text('bill-amount')).toBe(null)
  })

  test('always asks WeChat for the RSA signature, which APIv3 needs', async () => {
    wechat.server[`POST ${pathOf('/launch')}`] = { status: 200, body: { ...launch, signType: undefined } }
    await openUntil('waiting')
    expect(lastCashier().signType).toBe('RSA')
  })

  test('does not open a cashier for a page that was left meanwhile', async () => {
    const page = await open()
    page.unload()
    await until(() => expect(launches()).toBe(1))
    await vi.advanceTimersByTimeAsync(1)
    expect(wechat.cashiers).toEqual([])
  })

  test('speaks English to an English WeChat', async () => {
    wechat.language = 'en'
    const page = await openUntil('waiting')
    expect(page.text('status-title')).toBe('Waiting for payment')
    expect(wechat.titles).toEqual(['Pay order'])
  })
})

describe('the answer of the cashier is a hint', () => {
  test.each([
    ['ok', (call: CashierCall) => call.success?.({ errMsg: 'requestPayment:ok' })],
    ['cancel', (call: CashierCall) => call.fail?.({ errMsg: 'requestPayment:fail cancel' })],
    ['cancel', (call: CashierCall) => call.complete?.({ errMsg: 'requestPayment:cancel' })],
    ['fail', (call: CashierCall) => call.fail?.({ errMsg: 'requestPayment:fail (detail)' })],
  ])('%s: the server is told, then the result page below is shown again', async (hint, answer) => {
    const page = await openUntil('waiting')
    answer(lastCashier())
    await until(() => expect(wechat.went).toEqual(['navigateBack 1']))
    expect(page.data.state).toBe('checking')
    expect(page.text('status-title')).toBe('正在确认支付结果')
    expect(hints()).toEqual([{ hint }])
  })

  test('the first answer counts, and complete after success tells nothing new', async () => {
    await openUntil('waiting')
    lastCashier().success?.({ errMsg: 'requestPayment:ok' })
    lastCashier().complete?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(wechat.went).toHaveLength(1))
    expect(hints()).toEqual([{ hint: 'ok' }])
  })

  test('the way back waits 2 s for the server and no longer', async () => {
    wechat.server[`POST ${pathOf('/check')}`] = new Promise(() => {})
    await openUntil('waiting')
    lastCashier().success?.({ errMsg: 'requestPayment:ok' })
    await vi.advanceTimersByTimeAsync(1_990)
    expect(wechat.went).toEqual([])
    await vi.advanceTimersByTimeAsync(20)
    expect(wechat.went).toEqual(['navigateBack 1'])
  })

  test('a server that cannot be told does not keep the customer here', async () => {
    wechat.server[`POST ${pathOf('/check')}`] = problem(504)
    await openUntil('waiting')
    lastCashier().fail?.({ errMsg: 'requestPayment:fail cancel' })
    await until(() => expect(wechat.went).toEqual(['navigateBack 1']))
  })

  test('an answer after the page was left still reaches the server, and moves nothing', async () => {
    const page = await openUntil('waiting')
    page.unload()
    lastCashier().success?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(hints()).toEqual([{ hint: 'ok' }]))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(wechat.went).toEqual([])
  })

  test('a page left while the server is asked does not go back once more', async () => {
    wechat.server[`POST ${pathOf('/check')}`] = new Promise(() => {})
    const page = await openUntil('waiting')
    lastCashier().success?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(page.data.state).toBe('checking'))
    page.unload()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(wechat.went).toEqual([])
  })
})

describe('the way back', () => {
  test.each([
    ['cold', ['pages/pay/pay'], 'redirectTo'],
    ['above the home page', ['pages/home/home', 'pages/pay/pay'], 'redirectTo'],
    ['ten pages deep', [...Array<string>(9).fill('pages/home/home'), 'pages/pay/pay'], 'reLaunch'],
  ])('opened %s, a fresh web-view shows the result', async (_name, routes, how) => {
    wechat.routes = routes
    await openUntil('waiting')
    lastCashier().success?.({ errMsg: 'requestPayment:ok' })
    const result = '/pages/web-view/web-view?to=%2Forders%2F7KQ2M9ABCDEFG%2Fresult'
    await until(() => expect(wechat.went).toEqual([`${how} ${result}`]))
  })

  test('blocked by WeChat, it is offered by hand', async () => {
    wechat.navigationError = 'fail timeout'
    const page = await openUntil('waiting')
    lastCashier().success?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(page.buttons()).toEqual(['查看结果']))
    expect(page.text('status-message')).toContain('没能自动返回')
    wechat.navigationError = null
    page.tapButton('查看结果')
    await until(() => expect(wechat.went).toEqual(['navigateBack 1', 'navigateBack 1']))
  })
})

describe('a lost answer', () => {
  test('on the next onShow the page offers 查看结果, and never pays again by itself', async () => {
    const page = await openUntil('waiting')
    page.instance.onShow?.()
    page.instance.onShow?.()
    expect(page.buttons()).toEqual(['查看结果'])
    expect(page.text('status-message')).toContain('还没有收到微信的回复')
    expect(wechat.cashiers).toHaveLength(1)
    page.tapButton('查看结果')
    await until(() => expect(wechat.went).toEqual(['navigateBack 1']))
    expect(hints()).toEqual([{}])
  })

  test('where no onShow comes, 查看结果 is offered after half a minute', async () => {
    const page = await openUntil('waiting')
    await vi.advanceTimersByTimeAsync(29_000)
    expect(page.buttons()).toEqual([])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(page.buttons()).toEqual(['查看结果'])
  })

  test('an answer that comes after 查看结果 reaches the server too, without a second way back', async () => {
    const page = await openUntil('waiting')
    page.instance.onShow?.()
    page.tapButton('查看结果')
    lastCashier().success?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(hints()).toEqual([{}, { hint: 'ok' }]))
    expect(wechat.went).toEqual(['navigateBack 1'])
  })
})

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
    const page = await openUntil('waiting')
    lastCashier().fail?.({ errMsg: 'requestPayment:fail can only be invoked by user TAP gesture' })
    await until(() => expect(page.buttons()).toEqual(['确认支付', '查看订单']))
    expect(page.text('status-message')).toBe('请点「确认支付」打开微信支付')
    page.tapButton('确认支付')
    expect(wechat.cashiers).toHaveLength(2)
    expect(wechat.went).toEqual([])
  })

  test('has fresh parameters: they are fetched anew before they grow old', async () => {
    const page = await openIdle()
    expect(launches()).toBe(1)
    await vi.advanceTimersByTimeAsync(10 * 60_000 + 1)
    expect(launches()).toBe(2)
    expect(page.data.state).toBe('idle')
    expect(wechat.cashiers).toEqual([])
  })

  test('has fresh parameters after a long sleep that stopped every timer', async () => {
    const page = await openIdle()
    vi.setSystemTime(Date.now() + 20 * 60_000)
    page.instance.onShow?.()
    await until(() => expect(launches()).toBe(2))
    await until(() => expect(page.data.state).toBe('idle'))
    expect(wechat.cashiers).toEqual([])
  })

  test('tapped with old parameters fetches new ones first', async () => {
    const page = await openIdle()
    wechat.platform = 'ios'
    vi.setSystemTime(Date.now() + 20 * 60_000)
    wechat.server[`POST ${pathOf('/launch')}`] = { status: 200, body: { ...launch, nonceStr: 'second' } }
    page.tapButton('确认支付')
    expect(wechat.cashiers).toEqual([])
    await until(() => expect(wechat.cashiers).toHaveLength(1))
    expect(lastCashier().nonceStr).toBe('second')
  })

  test('coming back to the page opens no cashier', async () => {
    const page = await openIdle()
    page.instance.onShow?.()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(wechat.cashiers).toEqual([])
    expect(page.data.state).toBe('idle')
  })

  test('left without a tap counts as cancelled, so that the result need not wait', async () => {
    const page = await openIdle()
    page.unload()
    await until(() => expect(hints()).toEqual([{ hint: 'cancel' }]))
    await vi.advanceTimersByTimeAsync(60 * 60_000)
    expect(launches()).toBe(1)
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
    const page = await openUntil('failed')
    expect(page.text('status-title')).toBe(title)
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
    const page = await openUntil('failed', {})
    expect(page.text('status-title')).toBe('没有找到这笔支付')
    expect(wechat.sent).toEqual([])
  })

  test.each([
    ['closed', () => (wechat.server[`GET ${pathOf()}`] = payment({ state: 'closed' }))],
    ['closing', () => (wechat.server[`GET ${pathOf()}`] = payment({ state: 'closing' }))],
    ['failed', () => (wechat.server[`GET ${pathOf()}`] = payment({ state: 'failed' }))],
    ['expired since', () => refusedLaunch(409, 'payment-closed')],
    ['of an order that was closed', () => refusedLaunch(409, 'order-closed')],
  ])('%s: says so and offers the order', async (_name, arrange) => {
    arrange()
    wechat.routes = ['pages/pay/pay']
    const page = await openUntil('failed')
    expect(page.text('status-title')).toBe('这笔支付已关闭')
    expect(page.buttons()).toEqual(['查看订单', '回到首页'])
    page.tapButton('查看订单')
    await until(() =>
      expect(wechat.went).toEqual(['redirectTo /pages/web-view/web-view?to=%2Forders%2F7KQ2M9ABCDEFG']),
    )
    expect(wechat.cashiers).toEqual([])
  })

  test.each([
    ['paid', () => (wechat.server[`GET ${pathOf()}`] = payment({ state: 'paid' }))],
    ['paid since', () => refusedLaunch(409, 'order-paid')],
  ])('%s: says so and opens no cashier', async (_name, arrange) => {
    arrange()
    const page = await openUntil('paid')
    expect(page.text('status-title')).toBe('已经支付')
    expect(page.buttons()).toEqual(['查看订单', '回到首页'])
    expect(wechat.cashiers).toEqual([])
  })

  test('made for the official account: it is not launched here', async () => {
    wechat.server[`GET ${pathOf()}`] = payment({ way: 'jsapi' })
    const page = await openUntil('failed')
    expect(page.text('status-title')).toBe('这笔支付是在别处发起的')
    expect(launches()).toBe(0)
  })
})

describe('something that may pass', () => {
  test('a server in trouble: 重试 carries on, and the number for the support desk is shown', async () => {
    wechat.server[`POST ${pathOf('/launch')}`] = problem(504)
    const page = await openUntil('failed')
    expect(page.text('status-title')).toBe('服务暂时繁忙')
    expect(page.text('status-note')).toBe('如需帮助，请告诉商家编号 req-1')
    expect(page.buttons()).toEqual(['重试', '查看订单'])
    wechat.server[`POST ${pathOf('/launch')}`] = { status: 200, body: launch }
    page.tapButton('重试')
    await until(() => expect(page.data.state).toBe('waiting'))
    expect(wechat.cashiers).toHaveLength(1)
  })

  test('no network: says so, and nothing about money is assumed', async () => {
    wechat.server[`GET ${pathOf()}`] = 'lost'
    const page = await openUntil('failed')
    expect(page.text('status-title')).toBe('网络似乎断开了')
    expect(page.buttons()).toEqual(['重试', '我的订单'])
  })

  test('no login: says so', async () => {
    wechat.server['POST /sessions'] = { status: 200, body: session('unused') }
    wechat.logins = Array(3).fill({ errMsg: 'login:fail system error' })
    const page = await openUntil('failed')
    expect(page.text('status-title')).toBe('微信登录没有成功')
  })

  test.each([
    'requestPayment:fail no permission',
    'requestPayment:fail access denied',
    'requestPayment:fail banned',
    'requestPayment:fail 支付功能暂时无法使用',
  ])('%s: the shop is limited by WeChat, and the customer reads what to do', async (errMsg) => {
    const page = await openUntil('waiting')
    lastCashier().fail?.({ errMsg })
    await until(() => expect(page.data.state).toBe('failed'))
    expect(page.text('status-message')).toContain('请联系商家')
    expect(page.buttons()).toEqual(['重试', '查看订单'])
    expect(hints()).toEqual([{ hint: 'fail' }])
    expect(wechat.went).toEqual([])
  })
})
