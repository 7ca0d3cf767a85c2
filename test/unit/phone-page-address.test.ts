import { describe, expect, test } from 'vitest'
import { readPageAddress, writePageAddress } from '../../sandbox/phone/browser/runtime/page-address.ts'
import { readShellAddress } from '../../sandbox/phone/browser/shell-address.ts'

describe('the address of a mini-program’s page', () => {
  test('leaves query values as they stand, as WeChat does', () => {
    expect(readPageAddress('/pages/pay/pay?payment=a%2Fb&to==&flag', '')).toEqual({
      route: 'pages/pay/pay',
      query: { payment: 'a%2Fb', to: '=', flag: '' },
    })
  })

  test('is relative to the page that navigates', () => {
    expect(readPageAddress('../pay/pay', 'pages/home/home').route).toBe('pages/pay/pay')
  })

  test('is written as it was read', () => {
    expect(writePageAddress(readPageAddress('/pages/pay/pay?a=%2F&b=', ''))).toBe('/pages/pay/pay?a=%2F&b=')
  })
})

describe('the address of the window', () => {
  test('shows Alice’s iPhone in Chinese unless told otherwise', () => {
    expect(readShellAddress('')).toEqual({
      phones: [{ name: 'a', user: 'alice', profile: 'ios' }],
      profile: 'ios',
      theme: 'light',
      language: 'zh-CN',
      font: 'normal',
      entry: 'mini-program',
      page: '',
      scene: 1001,
    })
  })

  test('can hold several phones, and drops what is no phone', () => {
    expect(readShellAddress('?phones=a:alice,b:bob,A!:x').phones).toEqual([
      { name: 'a', user: 'alice', profile: 'ios' },
      { name: 'b', user: 'bob', profile: 'ios' },
    ])
  })

  test('can put different devices side by side', () => {
    expect(readShellAddress('?phones=a:alice:pc,b:bob&profile=android').phones).toEqual([
      { name: 'a', user: 'alice', profile: 'pc' },
      { name: 'b', user: 'bob', profile: 'android' },
    ])
  })

  test('can open a page cold, or the official account', () => {
    expect(readShellAddress('?page=%2Fpages%2Fpay%2Fpay%3Fpayment%3D1&scene=1007')).toMatchObject({
      page: '/pages/pay/pay?payment=1',
      scene: 1007,
    })
    expect(readShellAddress('?entry=official&user=bob')).toMatchObject({
      entry: 'official-account',
      phones: [{ name: 'a', user: 'bob', profile: 'ios' }],
    })
  })
})
