import { describe, expect, test } from 'vitest'
import type { Entry } from '../../contract/entry.ts'
import type { Environment } from '../../h5/entry/environment.ts'
import { qrPath } from '../../h5/payment/qr-path.ts'
import { waysAmong } from '../../h5/payment/ways-here.ts'

const shop: Entry[] = [
  { code: '01', kind: 'official-account' },
  { code: '02', kind: 'mini-program' },
  { code: '03', kind: 'mobile-browser' },
  { code: '04', kind: 'pc-browser' },
  { code: '06', kind: 'alipay' },
  { code: '07', kind: 'pc-browser' },
]

/** e.g. ["native-qr by 04", "jsapi"]; without "by" the door itself collects. */
const offered = (environment: Environment, doorCode: string, entries = shop) =>
  waysAmong(entries, environment, doorCode).map(
    ({ way, request }) => way + (request.collectBy ? ` by ${request.collectBy}` : ''),
  )

describe('the ways to pay', () => {
  test.each<[Environment, string, string[]]>([
    ['mini-program', '02', ['mini-program']],
    ['wechat', '01', ['jsapi']],
    ['wechat-pc', '01', ['native-qr by 04', 'jsapi']],
    ['phone', '03', ['h5', 'alipay-wap by 06', 'native-qr by 04']],
    ['pc', '04', ['native-qr', 'alipay-page by 06']],
    ['alipay', '06', ['alipay-wap', 'native-qr by 04']],
    ['wecom', '03', ['native-qr by 04', 'alipay-wap by 06', 'h5']],
    ['wecom-pc', '04', ['native-qr', 'alipay-page by 06']],
    ['other-mini-program', '03', ['native-qr by 04', 'alipay-wap by 06', 'h5']],
  ])('in %s at door %s are %j', (environment, doorCode, ways) => {
    expect(offered(environment, doorCode)).toEqual(ways)
  })

  test('leave out what the shop has no entry for', () => {
    expect(offered('phone', '03', shop.slice(0, 3))).toEqual(['h5'])
    expect(offered('wechat-pc', '01', shop.slice(0, 2))).toEqual(['jsapi'])
  })

  test('collect by the door itself when it is one of several of its kind', () => {
    expect(offered('pc', '07')).toEqual(['native-qr', 'alipay-page by 06'])
  })

  test('never offer another door’s customers to a door that knows its own', () => {
    expect(offered('wechat', '02')).toEqual([])
    expect(offered('mini-program', '01')).toEqual([])
  })
})

test('a code has four modules of white around it', () => {
  const { size, path } = qrPath('weixin://wxpay/bizpayurl/up?pr=wx21&groupid=00')
  const places = [...path.matchAll(/M(\d+) (\d+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)])
  expect(Math.min(...places)).toBe(4)
  expect(Math.max(...places)).toBe(size - 5)
})
