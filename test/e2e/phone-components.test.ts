import type { Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectPage } from '../support/walk.ts'
import { type PhoneFixture, startPhoneFixture } from './phone-fixture.ts'

let fixture: PhoneFixture
let page: Page
let complaints: string[]

/** One page that uses every built-in component, a component of its own, and what wx offers beside pages and payments. */
const everything = {
  'app.json': JSON.stringify({
    pages: ['pages/home/home', 'pages/native/native'],
    window: {
      navigationBarTitleText: '@',
      navigationBarBackgroundColor: '@bar',
      navigationBarTextStyle: '@text',
    },
    themeLocation: 'theme.json',
  }),
  'theme.json': JSON.stringify({
    light: { bar: '#fafafa', text: 'black' },
    dark: { bar: '#101010', text: 'white' },
  }),
  'fmt.wxs': `module.exports.yuan = function (fen) { return '¥' + (fen / 100).toFixed(2) }`,
  'components/card/card.json': '{ "component": true, "usingComponents": {} }',
  'components/card/card.wxml': `<view class="title">{{title}} {{changes}}</view><slot name="foot" /><slot />`,
  'components/card/card.wxss': `:host { display: block } .title { color: rgb(1, 2, 3) }`,
  'components/card/card.ts': `Component({ options: { multipleSlots: true }, properties: { title: String }, data: { changes: 0 },
    observers: { title() { this.setData({ changes: this.data.changes + 1 }) } },
    lifetimes: { attached() { this.triggerEvent('ready', { from: this.data.title }) } },
    pageLifetimes: { show() { this.triggerEvent('shown') } } })`,
  'pages/home/home.json': JSON.stringify({
    usingComponents: { card: '/components/card/card' },
    enablePullDownRefresh: true,
  }),
  'pages/home/home.wxml': `<wxs src="../../fmt.wxs" module="fmt" />
<view class="said" aria-role="status">{{said}}</view>
<text class="price">{{fmt.yuan(12800)}}</text>
<view class="outer" bindtap="say" data-what="outer"><view class="inner" catchtap="say" data-what="inner">里面</view><view class="bubbles" bindtap="say" data-what="bubbles">冒泡</view></view>
<view wx:for="{{list}}" wx:key="id" class="item">{{index}}:{{item.id}}</view>
<view wx:if="{{yes}}" class="yes">是</view><view wx:else class="no">否</view>
<card title="{{title}}" bindready="onReady2" bindshown="onShown"><view slot="foot" class="foot">脚</view></card>
<form bindsubmit="submit"><input name="a" value="1" bindinput="typed" /><input name="b" model:value="{{b}}" /><button form-type="submit">提交</button></form><view class="b">{{b}}</view>
<picker range="{{['红', '绿']}}" bindchange="picked"><view>挑颜色</view></picker>
<navigator url="/pages/native/native?id=9"><text>去那边</text></navigator>
<button bindtap="say" data-what="off" disabled="{{true}}">点不动</button>
<button open-type="share" data-what="x">分享</button>
<label>标签<input class="labelled" bindfocus="say" data-what="focus" /></label>
<scroll-view scroll-y style="height: 50px" bindscrolltolower="say" data-what="lower"><view style="height: 200px" /></scroll-view>
<swiper bindchange="swiped" style="height: 40px"><swiper-item>一</swiper-item><swiper-item>二</swiper-item></swiper>
<icon type="success" /><image class="picture" src="http://127.0.0.1:3000/picture.svg" mode="aspectFill" bindload="say" data-what="picture" />
<button bindtap="ask" style="border: 0">问</button><button bindtap="choose">选</button><button bindtap="store">存</button><button bindtap="lack">缺</button>
<view style="height: 900px" />`,
  'pages/home/home.ts': `Page({ data: { said: '', list: [{ id: 'x' }, { id: 'y' }], yes: false, title: '甲', b: '2' },
  note(text: string) { this.setData({ said: this.data.said + text + ';' }) },
  say(event: any) { this.note(event.currentTarget.dataset.what) },
  onReady2(event: any) { this.note('ready ' + event.detail.from) },
  onShown() { this.note('shown') },
  submit(event: any) { this.note(JSON.stringify(event.detail.value)) },
  typed(event: any) { this.setData({ title: event.detail.value }) },
  picked(event: any) { this.note('picked ' + event.detail.value) },
  swiped(event: any) { this.note('swiped ' + event.detail.current) },
  onPullDownRefresh() { this.note('pulled'); wx.stopPullDownRefresh() },
  onReachBottom() { this.note('bottom') },
  onShareAppMessage({ from, target }: any) { return { title: '卡', path: '/pages/native/native?id=' + from } },
  async ask() { const { confirm } = await wx.showModal({ title: '问题', content: '好吗' }); this.note('confirm ' + confirm) },
  async choose() { try { const { tapIndex } = await wx.showActionSheet({ itemList: ['子', '丑'] }); this.note('tap ' + tapIndex) } catch (error: any) { this.note(error.errMsg) } },
  async store() { wx.setStorageSync('k', { n: 1 }); const { data } = await wx.getStorage({ key: 'k' })
    const missing = await wx.getStorage({ key: 'gone' }).catch((error: any) => error.errMsg)
    this.note([data.n, wx.getStorageSync('gone') === '', missing, wx.canIUse('requestPayment'), wx.canIUse('nothing'), wx.getAppBaseInfo().fontSizeSetting].join(' ')) },
  lack() { wx.scanCode({ fail: (error: any) => this.note(error.errMsg) }); this.note(typeof wx.fly) } })`,
}

beforeAll(async () => {
  fixture = await startPhoneFixture(everything)
})
beforeEach(async () => {
  page = await fixture.open('/phone/')
  await expectPage(said()).toHaveText('ready 甲;shown;picture;')
  complaints = []
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()))
})
afterEach(() => fixture.tidy())
afterAll(() => fixture.close())

const phone = (): Locator => page.getByTestId('phone')
const said = (): Locator => phone().locator('.said')
const tap = (text: string): Promise<void> => phone().getByText(text, { exact: true }).click()

describe('a page of the mini-program', () => {
  test('draws conditions, lists, wxs, slots and components, with the style of each', async () => {
    await expectPage(phone().locator('.price')).toHaveText('¥128.00')
    await expectPage(phone().locator('.item')).toHaveText(['0:x', '1:y'])
    await expectPage(phone().locator('.no')).toHaveText('否')
    await expectPage(phone().locator('.foot')).toHaveText('脚')
    await expectPage(phone().getByText('甲 1')).toHaveCSS('color', 'rgb(1, 2, 3)')
  })

  test('bubbles a tap unless it is caught, and drops it on a disabled button', async () => {
    await tap('里面')
    await tap('冒泡')
    await phone().getByText('点不动').click({ force: true })
    await expectPage(said()).toHaveText('ready 甲;shown;picture;inner;bubbles;outer;')
  })

  test('binds inputs both ways and submits a form by name', async () => {
    await phone().locator('input[name=a]').fill('乙')
    await expectPage(phone().getByText('乙')).toBeVisible()
    await phone().locator('input[name=b]').fill('3')
    await expectPage(phone().locator('.b')).toHaveText('3')
    await tap('提交')
    await expectPage(said()).toHaveText('ready 甲;shown;picture;{"a":"乙","b":"3"};')
  })

  test('works pickers, navigators, labels, scroll-views and swipers', async () => {
    await tap('挑颜色')
    await tap('绿')
    await expectPage(said()).toContainText('picked 1;')
    await tap('标签')
    await expectPage(said()).toContainText('focus;')
    await phone()
      .locator('wx-scroll-view')
      .evaluate((view) => view.scrollTo({ top: 200 }))
    await expectPage(said()).toContainText('lower;')
    await phone()
      .locator('wx-swiper')
      .evaluate((view) => view.scrollTo({ left: view.clientWidth }))
    await expectPage(said()).toContainText('swiped 1;')
    await tap('去那边')
    await expectPage(phone().locator('.id')).toHaveText('9')
  })

  test('is refreshed by pulling it down, and told of its end', async () => {
    const box = await phone().locator('.price').boundingBox()
    await page.mouse.move(box?.x ?? 0, box?.y ?? 0)
    await page.mouse.down()
    await page.mouse.move(box?.x ?? 0, (box?.y ?? 0) + 120, { steps: 4 })
    await page.mouse.up()
    await expectPage(said()).toContainText('pulled;')
    await phone()
      .locator('.mp-page')
      .evaluate((scroller) => scroller.scrollTo({ top: 9999 }))
    await expectPage(said()).toContainText('bottom;')
  })

  test('shares by its own button, and the card lands in the phone’s conversations when there is no other', async () => {
    await tap('分享')
    await phone().getByRole('button', { name: '关闭小程序' }).click()
    await phone().getByRole('button', { name: '卡' }).click()
    await expectPage(phone().locator('.id')).toHaveText('button')
  })

  test('takes the colours of its bar from theme.json by the phone’s theme', async () => {
    await expectPage(phone().locator('.bar')).toHaveCSS('background-color', 'rgb(250, 250, 250)')
    page = await fixture.open('/phone/?theme=dark')
    await expectPage(phone().locator('.bar')).toHaveCSS('background-color', 'rgb(16, 16, 16)')
  })
})

describe('wx', () => {
  test('shows its buttons by a border in high contrast, and the menu of the phone by its dots', async () => {
    await page.emulateMedia({ forcedColors: 'active' })
    await expectPage(phone().getByText('问', { exact: true })).toHaveCSS('border-top-width', '1px')
    const colors = await phone()
      .locator('.capsule-menu')
      .evaluate((menu) => [
        getComputedStyle(menu, '::before').backgroundColor,
        getComputedStyle(menu).backgroundColor,
      ])
    expect(colors[0]).not.toBe(colors[1])
  })

  test('asks and offers choices, in promises', async () => {
    await tap('问')
    await tap('确定')
    await tap('选')
    await tap('丑')
    await tap('选')
    await tap('取消')
    await expectPage(said()).toHaveText(/confirm true;tap 1;showActionSheet:fail cancel;$/)
  })

  test('stores, and says what it can', async () => {
    await tap('存')
    await expectPage(said()).toHaveText(/1 true getStorage:fail data not found true false 17;$/)
    page = await fixture.open('/phone/?font=large')
    await tap('存')
    await expectPage(said()).toHaveText(/22;$/)
  })

  test('names what it lacks on the console, and what WeChat has fails in words', async () => {
    await tap('缺')
    await expectPage(said()).toHaveText(/undefined;scanCode:fail wx\.scanCode 在沙箱的手机里还没有实现.*;$/)
    expect(complaints).toEqual(
      ['scanCode', 'fly'].map(
        (name) => `[phone] wx.${name} is not part of this phone: add it to browser/runtime/wx/.`,
      ),
    )
  })
})
