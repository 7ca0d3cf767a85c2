import { describe, expect, test, vi } from 'vitest'
import { problem, type CashierCall } from './fake-wechat.ts'
import {
  hintsIn,
  lastCashierIn,
  launch,
  launchesIn,
  openPay,
  openPayUntil,
  pathOf,
  payment,
  paymentId,
  payWechat,
  until,
} from './pay-page.ts'

const wechat = payWechat()

describe('opening the pay page', () => {
  test('shows amount and description from the server, and opens the cashier with its parameters, once', async () => {
    const page = await openPayUntil('waiting')
    expect(page.text('bill-amount')).toBe('¥28.05')
    expect(page.text('bill-description')).toBe('明前龙井 等 2 件')
    expect(page.text('outcome-title')).toBe('等待付款')
    expect(wechat.cashiers).toEqual([expect.objectContaining(launch)])
    expect(page.buttons()).toEqual([])
    expect(wechat.sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /sessions',
      `GET ${pathOf()}`,
      `POST ${pathOf('/launch')}`,
    ])
  })

  test('believes the server alone: amounts and parameters in its own address are ignored', async () => {
    const page = await openPayUntil('waiting', {
      payment: paymentId,
      amountFen: '1',
      package: 'prepay_id=forged',
    })
    expect(page.text('bill-amount')).toBe('¥28.05')
    expect(lastCashierIn(wechat).package).toBe('prepay_id=wx1')
  })

  test('pays on a base library without getAppBaseInfo and getDeviceInfo', async () => {
    wechat.missing = ['getAppBaseInfo', 'getDeviceInfo']
    await openPayUntil('waiting')
    expect(wechat.cashiers).toHaveLength(1)
  })

  test('says that it is preparing while the server has not answered', async () => {
    wechat.server[`GET ${pathOf()}`] = new Promise(() => {})
    const page = await openPay()
    expect(page.data.state).toBe('preparing')
    expect(page.text('outcome-title')).toBe('正在准备支付')
    expect(page.text('bill-amount')).toBe(null)
  })

  test('always asks WeChat for the RSA signature, which APIv3 needs', async () => {
    wechat.server[`POST ${pathOf('/launch')}`] = { status: 200, body: { ...launch, signType: undefined } }
    await openPayUntil('waiting')
    expect(lastCashierIn(wechat).signType).toBe('RSA')
  })

  test('does not open a cashier for a page that was left meanwhile', async () => {
    const page = await openPay()
    page.unload()
    await until(() => expect(launchesIn(wechat)).toBe(1))
    await vi.advanceTimersByTimeAsync(1)
    expect(wechat.cashiers).toEqual([])
  })

  test('speaks English to an English WeChat', async () => {
    wechat.language = 'en'
    const page = await openPayUntil('waiting')
    expect(page.text('outcome-title')).toBe('Waiting for payment')
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
    const page = await openPayUntil('waiting')
    answer(lastCashierIn(wechat))
    await until(() => expect(wechat.went).toEqual(['navigateBack 1']))
    expect(page.data.state).toBe('checking')
    expect(page.text('outcome-title')).toBe('正在确认支付结果')
    expect(hintsIn(wechat)).toEqual([{ hint }])
  })

  test('the first answer counts, and complete after success tells nothing new', async () => {
    await openPayUntil('waiting')
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
    lastCashierIn(wechat).complete?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(wechat.went).toHaveLength(1))
    expect(hintsIn(wechat)).toEqual([{ hint: 'ok' }])
  })

  test('the way back waits 2 s for the server and no longer', async () => {
    wechat.server[`POST ${pathOf('/check')}`] = new Promise(() => {})
    await openPayUntil('waiting')
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
    await vi.advanceTimersByTimeAsync(1_990)
    expect(wechat.went).toEqual([])
    await vi.advanceTimersByTimeAsync(20)
    expect(wechat.went).toEqual(['navigateBack 1'])
  })

  test('a late answer is checked in peace: the page does not fall back to waiting for it', async () => {
    wechat.server[`POST ${pathOf('/check')}`] = new Promise(() => {})
    const page = await openPayUntil('waiting')
    await vi.advanceTimersByTimeAsync(9_000)
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
    await vi.advanceTimersByTimeAsync(1_500)
    expect(page.data.state).toBe('checking')
  })

  test('a server that cannot be told does not keep the customer here', async () => {
    wechat.server[`POST ${pathOf('/check')}`] = problem(504)
    await openPayUntil('waiting')
    lastCashierIn(wechat).fail?.({ errMsg: 'requestPayment:fail cancel' })
    await until(() => expect(wechat.went).toEqual(['navigateBack 1']))
  })

  test('an answer after the page was left still reaches the server, and moves nothing', async () => {
    const page = await openPayUntil('waiting')
    page.unload()
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(hintsIn(wechat)).toEqual([{ hint: 'ok' }]))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(wechat.went).toEqual([])
  })

  test('a page left while the server is asked does not go back once more', async () => {
    wechat.server[`POST ${pathOf('/check')}`] = new Promise(() => {})
    const page = await openPayUntil('waiting')
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
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
    await openPayUntil('waiting')
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
    const result = '/pages/web-view/web-view?to=%2Forders%2F7KQ2M9ABCDEFG%2Fresult'
    await until(() => expect(wechat.went).toEqual([`${how} ${result}`]))
  })

  test('blocked by WeChat, it is offered by hand', async () => {
    wechat.navigationError = 'fail timeout'
    const page = await openPayUntil('waiting')
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(page.buttons()).toEqual(['查看结果']))
    expect(page.text('outcome-message')).toContain('没能自动返回')
    wechat.navigationError = null
    page.tapButton('查看结果')
    await until(() => expect(wechat.went).toEqual(['navigateBack 1', 'navigateBack 1']))
  })
})

describe('a lost answer', () => {
  test('on the next onShow the page offers 查看结果, and never pays again by itself', async () => {
    const page = await openPayUntil('waiting')
    page.instance.onShow?.()
    page.instance.onShow?.()
    await until(() => expect(page.buttons()).toEqual(['查看结果']))
    expect(page.text('outcome-message')).toContain('还没有收到微信的回复')
    expect(wechat.cashiers).toHaveLength(1)
    page.tapButton('查看结果')
    await until(() => expect(wechat.went).toEqual(['navigateBack 1']))
    expect(hintsIn(wechat)).toEqual([{}, {}])
  })

  test('an answer that follows onShow within a second is waited for, without a word', async () => {
    const page = await openPayUntil('waiting')
    page.instance.onShow?.()
    await vi.advanceTimersByTimeAsync(900)
    expect(page.text('outcome-title')).toBe('等待付款')
    expect(page.buttons()).toEqual([])
    await vi.advanceTimersByTimeAsync(200)
    expect(page.buttons()).toEqual(['查看结果'])
  })

  test('where no onShow comes, 查看结果 is offered after ten seconds', async () => {
    const page = await openPayUntil('waiting')
    await vi.advanceTimersByTimeAsync(9_000)
    expect(page.buttons()).toEqual([])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(page.buttons()).toEqual(['查看结果'])
  })

  test('when the server knows the payment as paid, the page goes to the result without a tap', async () => {
    wechat.server[`POST ${pathOf('/check')}`] = payment({ state: 'paid' })
    await openPayUntil('waiting')
    await until(() => expect(wechat.went).toEqual(['navigateBack 1']))
    expect(hintsIn(wechat)).toEqual([{}])
    expect(wechat.cashiers).toHaveLength(1)
  })

  test('when nobody knows, the page stays: the cashier may still be open', async () => {
    const page = await openPayUntil('waiting')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(wechat.went).toEqual([])
    expect(page.data.state).toBe('waiting')
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(wechat.went).toEqual(['navigateBack 1']))
  })

  test('the way to the result is taken once, whoever finds it first', async () => {
    let answerCheck: (reply: { status: number; body: object }) => void = () => {}
    wechat.server[`POST ${pathOf('/check')}`] = new Promise((resolve) => (answerCheck = resolve))
    await openPayUntil('waiting')
    await vi.advanceTimersByTimeAsync(11_000)
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
    answerCheck(payment({ state: 'paid' }))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(wechat.went).toEqual(['navigateBack 1'])
  })

  test('a page left meanwhile goes nowhere', async () => {
    let answerCheck: (reply: { status: number; body: object }) => void = () => {}
    wechat.server[`POST ${pathOf('/check')}`] = new Promise((resolve) => (answerCheck = resolve))
    const page = await openPayUntil('waiting')
    await vi.advanceTimersByTimeAsync(11_000)
    page.unload()
    answerCheck(payment({ state: 'paid' }))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(wechat.went).toEqual([])
  })

  test('an answer that comes after 查看结果 reaches the server too, without a second way back', async () => {
    const page = await openPayUntil('waiting')
    page.instance.onShow?.()
    await until(() => expect(page.buttons()).toEqual(['查看结果']))
    page.tapButton('查看结果')
    lastCashierIn(wechat).success?.({ errMsg: 'requestPayment:ok' })
    await until(() => expect(hintsIn(wechat)).toEqual([{}, {}, { hint: 'ok' }]))
    expect(wechat.went).toEqual(['navigateBack 1'])
  })
})
