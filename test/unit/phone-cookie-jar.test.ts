import { describe, expect, test } from 'vitest'
import { createCookieJar } from '../../sandbox/phone/proxy/cookie-jar.ts'

const url = new URL('http://127.0.0.1:3000/api/02/orders')

describe('the cookies of a phone', () => {
  test('go back to the host that set them, on any port', () => {
    const jar = createCookieJar()
    jar.store(url, 'session=1; HttpOnly; Path=/')
    expect(jar.header(new URL('http://127.0.0.1:4010/x'))).toBe('session=1')
    expect(jar.header(new URL('http://localhost:3000/'))).toBeUndefined()
  })

  test('stay within their path', () => {
    const jar = createCookieJar()
    jar.store(url, 'a=1; Path=/api/02')
    expect(jar.header(new URL('http://127.0.0.1:3000/api/02/me'))).toBe('a=1')
    expect(jar.header(new URL('http://127.0.0.1:3000/api/02'))).toBe('a=1')
    expect(jar.header(new URL('http://127.0.0.1:3000/api/021'))).toBeUndefined()
  })

  test('belong to the folder of the page when no path is named', () => {
    const jar = createCookieJar()
    jar.store(url, 'a=1')
    expect(jar.header(new URL('http://127.0.0.1:3000/api/02/me'))).toBe('a=1')
    expect(jar.header(new URL('http://127.0.0.1:3000/'))).toBeUndefined()
  })

  test('are replaced by name and path, and sent with the longer path first', () => {
    const jar = createCookieJar()
    jar.store(url, 'a=root; Path=/')
    jar.store(url, 'a=deep; Path=/api')
    jar.store(url, 'a=newer; Path=/')
    expect(jar.header(url)).toBe('a=deep; a=newer')
  })

  test('end at Max-Age, which wins over Expires', () => {
    let nowMs = 1_000_000
    const jar = createCookieJar(() => nowMs)
    jar.store(url, 'a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT')
    nowMs += 59_999
    expect(jar.header(url)).toBe('a=1')
    nowMs += 1
    expect(jar.header(url)).toBeUndefined()
  })

  test('are taken back by a date in the past', () => {
    const jar = createCookieJar()
    jar.store(url, 'a=1; Path=/')
    jar.store(url, 'a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT')
    expect(jar.header(url)).toBeUndefined()
  })

  test('may be for a whole domain, but never for somebody else’s', () => {
    const jar = createCookieJar()
    const shop = new URL('http://shop.localhost:3000/')
    jar.store(shop, 'a=1; Domain=shop.localhost')
    jar.store(shop, 'b=1; Domain=bank.localhost')
    expect(jar.header(new URL('http://www.shop.localhost:3000/'))).toBe('a=1')
    expect(jar.header(new URL('http://bank.localhost:3000/'))).toBeUndefined()
  })

  test('keep their value as it came, and ignore a line without a name', () => {
    const jar = createCookieJar()
    jar.store(url, '=x')
    jar.store(url, 'a=b=c; Path=/')
    expect(jar.header(url)).toBe('a=b=c')
  })
})
