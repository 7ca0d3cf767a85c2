// @vitest-environment node
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { fakeWechat, type CashierCall } from './fake-wechat.ts'
import { source } from './source.ts'

interface StandIn {
  login(option: { success(answer: { code: string }): void; fail(answer: { errMsg: string }): void }): void
  requestPayment(option: CashierCall): void
}

fakeWechat()
const { playedBy } = await source<{ playedBy(person: string): StandIn }>('platform/develop-sandbox')

describe('the sandbox in WeChat’s place', () => {
  let sandbox: Sandbox
  let merchant: Merchant
  const appid = 'wx5a17d0c0ffee0002'
  const shown: { modal: string[]; sheet: string[] } = { modal: [], sheet: [] }
  let choice: string | null

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 })
    const { merchants } = (await (await fetch(`${sandbox.url}/_sandbox/merchants`)).json()) as {
      merchants: Merchant[]
    }
    merchant = merchants.find(({ mchid }) => mchid === '1900000001') as Merchant
  })
  afterAll(() => sandbox.close())
  beforeEach(() => {
    shown.modal = []
    shown.sheet = []
    choice = null
    Object.assign((globalThis as unknown as { wx: object }).wx, {
      request: throughTo(sandbox.url),
      showModal: async ({ content }: { content: string }) => void shown.modal.push(content),
      showActionSheet: async ({ alertText, itemList }: { alertText: string; itemList: string[] }) => {
        shown.sheet = [alertText, ...itemList]
        if (choice === null) throw new Error('showActionSheet:fail cancel')
        return { tapIndex: itemList.indexOf(choice) }
      },
    })
  })

  const login = (person: string) =>
    new Promise<string>((resolve, reject) => {
      playedBy(person).login({
        success: ({ code }) => resolve(code),
        fail: ({ errMsg }) => reject(new Error(errMsg)),
      })
    })

  const pay = (person: string, launch: Launch) =>
    new Promise<string>((resolve) => {
      const answer = ({ errMsg }: { errMsg: string }) => resolve(errMsg)
      playedBy(person).requestPayment({ ...launch, success: answer, fail: answer })
    })

  async function launchFor(person: string): Promise<Launch> {
    const { users } = (await (await fetch(`${sandbox.url}/_sandbox/users`)).json()) as {
      users: { id: string; openids: Record<string, string> }[]
    }
    const openid = users.find(({ id }) => id === person)?.openids[appid]
    const client = new Wechatpay({
      baseURL: sandbox.url,
      mchid: merchant.mchid,
      serial: merchant.serialNo,
      privateKey: merchant.privateKeyPem,
      certs: { [merchant.platformSerialNo]: merchant.platformCertificatePem },
    })
    const { data } = await client.chain('/v3/pay/transactions/jsapi').post({
      appid,
      mchid: merchant.mchid,
      description: '明前龙井',
      out_trade_no: Formatter.nonce(32),
      notify_url: 'https://shop.example.com/webhooks/wechatpay/1900000001',
      amount: { total: 2805, currency: 'CNY' },
      payer: { openid },
    })
    const parameters = {
      timeStamp: String(Formatter.timestamp()),
      nonceStr: Formatter.nonce(),
      package: `prepay_id=${(data as unknown as { prepay_id: string }).prepay_id}`,
    }
    const text = Formatter.joinedByLineFeed(appid, ...Object.values(parameters))
    return { ...parameters, signType: 'RSA', paySign: Rsa.sign(text, merchant.privateKeyPem) }
  }

  test('gives a login code of the demo mini-program', async () => {
    const code = await login('alice')
    const app = merchant.appids.find((candidate) => candidate.appid === appid)
    const query = new URLSearchParams({
      appid,
      secret: app?.appsecret ?? '',
      js_code: code,
      grant_type: 'authorization_code',
    })
    const answer = await fetch(`${sandbox.url}/sns/jscode2session?${query}`)
    expect(await answer.json()).toMatchObject({ openid: expect.any(String) })
  })

  test('says what is wrong when it knows no such person', async () => {
    await expect(login('nobody')).rejects.toThrow(/^login:fail sandbox: 4/)
  })

  test('shows what is paid to whom, and answers like WeChat when the person pays', async () => {
    choice = '立即支付'
    expect(await pay('alice', await launchFor('alice'))).toBe('requestPayment:ok')
    expect(shown.sheet[0]).toMatch(/ · 明前龙井 · ¥28\.05$/)
    expect(shown.sheet).toHaveLength(7)
  })

  test('answers like WeChat when the person closes the cashier', async () => {
    expect(await pay('alice', await launchFor('alice'))).toBe('requestPayment:fail cancel')
  })

  test('answers like WeChat when the payment is refused', async () => {
    choice = '余额不足'
    expect(await pay('alice', await launchFor('alice'))).toMatch(/^requestPayment:fail/)
  })

  test('fails when no sandbox is running', async () => {
    const launch = await launchFor('alice')
    Object.assign((globalThis as unknown as { wx: object }).wx, { request: throughTo('http://127.0.0.1:9') })
    expect(await pay('alice', launch)).toMatch(/^requestPayment:fail request:fail/)
    await expect(login('alice')).rejects.toThrow(/^login:fail request:fail/)
  })

  test('never answers when the answer is to be lost', async () => {
    choice = '已付款，但没有回复'
    const launch = await launchFor('alice')
    const answered = vi.fn<() => void>()
    playedBy('alice').requestPayment({ ...launch, success: answered, fail: answered, complete: answered })
    const isPaid = async () => {
      const ledger = await (await fetch(`${sandbox.url}/_sandbox/ledger`)).text()
      return ledger.includes('"SUCCESS"')
    }
    await vi.waitUntil(isPaid)
    expect(answered).not.toHaveBeenCalled()
  })

  test('shows the cashier’s own sentence for somebody else’s payment, and fails', async () => {
    expect(await pay('bob', await launchFor('alice'))).toMatch(/^requestPayment:fail ./)
    expect(shown.modal).toEqual([expect.stringMatching(/\p{Script=Han}/u)])
  })
})

interface Merchant {
  mchid: string
  serialNo: string
  privateKeyPem: string
  platformSerialNo: string
  platformCertificatePem: string
  appids: { appid: string; appsecret: string }[]
}

type Launch = Pick<CashierCall, 'timeStamp' | 'nonceStr' | 'package' | 'signType' | 'paySign'>

interface RequestOption {
  method: string
  url: string
  header: Record<string, string>
  data?: unknown
  success(answer: { statusCode: number; data: unknown }): void
  fail(answer: { errMsg: string }): void
}

/** wx.request over real HTTP, to the sandbox of this file instead of the one on port 4010. */
function throughTo(url: string) {
  return async ({ method, header, data, success, fail, ...option }: RequestOption) => {
    const { pathname } = new URL(option.url)
    try {
      const body = data === undefined ? undefined : JSON.stringify(data)
      const answer = await fetch(url + pathname, { method, headers: header, body })
      success({ statusCode: answer.status, data: await answer.json() })
    } catch (reason) {
      fail({ errMsg: `request:fail ${String(reason)}` })
    }
  }
}
