import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { fakeWechat, problem } from './fake-wechat.ts'
import { openPage, type Mounted } from './mount.ts'

const wechat = fakeWechat()

describe('the address page', () => {
  const pick = '0123456789abcdef0123456789abcdef'
  const chosen = {
    userName: '陈小明',
    telNumber: '020-81167888',
    provinceName: '广东省',
    cityName: '广州市',
    countyName: '海珠区',
    detailInfo: '新港中路 397 号',
  }
  const address = {
    name: '陈小明',
    phone: '020-81167888',
    region: '广东省 广州市 海珠区',
    detail: '新港中路 397 号',
  }
  type AddressPage = Mounted<{ state: string; failure: string; note: string }>
  const open = () => openPage<object>('pages/address/address', { pick }) as Promise<AddressPage>
  const picks = () => wechat.sent.filter(({ path }) => path === '/address-picks')

  beforeEach(() => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined)
    wechat.routes = ['pages/home/home', 'pages/web-view/web-view', 'pages/address/address']
    wechat.server['POST /address-picks'] = { status: 200, body: { address } }
    return () => vi.restoreAllMocks()
  })

  test('leaves the chosen address at the server under the number of the web-view below, and goes back', async () => {
    wechat.address = chosen
    const page = await open()
    await eventually(() => expect(wechat.went).toEqual(['navigateBack 1']))
    expect(picks().map(({ data }) => data)).toEqual([{ pick, address }])
    expect(page.data.state).toBe('choosing')
  })

  test('names a municipality once', async () => {
    wechat.address = { ...chosen, provinceName: '北京市', cityName: '北京市', countyName: '东城区' }
    await open()
    await eventually(() => expect(picks()).toHaveLength(1))
    expect(picks()[0]?.data).toMatchObject({ address: { region: '北京市 东城区' } })
  })

  test('goes back without a word when the list was closed without a choice', async () => {
    await open()
    await eventually(() => expect(wechat.went).toEqual(['navigateBack 1']))
    expect(picks()).toEqual([])
  })

  test('says so when WeChat does not open its list, and leads back to typing', async () => {
    wechat.address = { errMsg: 'chooseAddress:fail api scope is not declared in the privacy agreement' }
    const page = await open()
    await eventually(() => expect(page.data.state).toBe('refused'))
    expect(page.text('notice-title')).toBe('没能打开微信地址')
    page.tapButton('返回')
    await eventually(() => expect(wechat.went).toEqual(['navigateBack 1']))
  })

  test('keeps the choice while the server is in trouble: 重试 sends it without another choice', async () => {
    wechat.address = chosen
    wechat.server['POST /address-picks'] = problem(503)
    const page = await open()
    await eventually(() => expect(page.data.state).toBe('failed'))
    expect(page.text('notice-note')).toBe('如需帮助，请告诉商家编号 req-1')
    wechat.address = { errMsg: 'chooseAddress:fail cancel' }
    wechat.server['POST /address-picks'] = { status: 200, body: { address } }
    page.tapButton('重试')
    await eventually(() => expect(wechat.went).toEqual(['navigateBack 1']))
    expect(picks().at(-1)?.data).toEqual({ pick, address })
  })

  test('opened without our web-view below goes to the shop', async () => {
    wechat.routes = ['pages/address/address']
    await open()
    await eventually(() => expect(wechat.went).toEqual(['redirectTo /pages/web-view/web-view?to=%2F']))
  })
})

describe('the contact page', () => {
  const open = () => openPage<{ textSize: string }>('pages/contact/contact')

  test('offers WeChat’s own chat by a native button, which alone may open it', async () => {
    const page = await open()
    expect(page.text('contact-advice')).toBe('点下面的按钮，与商家的客服对话')
    expect(page.buttons()).toEqual(['联系客服'])
    const markup = resolve(import.meta.dirname, '../../miniprogram/pages/contact/contact.wxml')
    expect(readFileSync(markup, 'utf8').match(/<button[^>]* open-type="contact"/g)).toHaveLength(1)
    expect(wechat.titles).toEqual(['联系商家'])
    expect(wechat.sent).toEqual([])
  })

  test('speaks English to an English WeChat, and larger to those who asked for it', async () => {
    wechat.language = 'en'
    wechat.fontSizeSetting = 24
    const page = await open()
    expect(page.buttons().join()).not.toMatch(/[\u4e00-\u9fff]/)
    expect(page.data.textSize).toBe('text-huge')
  })
})
