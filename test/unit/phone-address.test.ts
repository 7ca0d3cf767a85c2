import { describe, expect, test } from 'vitest'
import {
  isLoopback,
  phoneOfHost,
  phoneOrigin,
  throughHosts,
  toPhonePath,
  toUpstream,
} from '../../sandbox/phone/address.ts'

const home = 'http://127.0.0.1:41234'

describe('the address a phone browses through', () => {
  test('is an origin of its own on the sandbox’s port', () => {
    expect(phoneOrigin('a', 'http://127.0.0.1:4010')).toBe('http://a.localhost:4010')
    expect(phoneOfHost('A.localhost:4010')).toBe('a')
  })

  test.each([
    '127.0.0.1:4010',
    'localhost:4010',
    'a.b.localhost',
    'a.localhost.evil.example',
    'a-.localhost',
    undefined,
  ])('is no phone’s when the host is %s', (host) => expect(phoneOfHost(host)).toBeNull())

  test('keeps the paths of the home and hangs every other origin below /~/', () => {
    expect(toPhonePath(new URL(`${home}/orders?state=paid#x`), home)).toBe('/orders?state=paid#x')
    expect(toPhonePath(new URL('http://127.0.0.1:4010/connect?a=1'), home)).toBe(
      '/~/http/127.0.0.1:4010/connect?a=1',
    )
  })

  test.each([`${home}/`, `${home}/a//b?c=d`, 'http://127.0.0.1:4010/connect?a=1', 'https://localhost:9/x'])(
    'leads back to %s',
    (address) => expect(toUpstream(toPhonePath(new URL(address), home), home)?.href).toBe(address),
  )

  test('never takes a path for another host', () => {
    expect(toUpstream('//evil.example/x', home)?.host).toBe('127.0.0.1:41234')
    expect(toUpstream('/orders', undefined)).toBeNull()
  })

  test('reads the demonstration’s own address as the H5 that the sandbox was given', () => {
    expect(throughHosts(new URL('http://127.0.0.1:3000/api/entries?a=1'), home).href).toBe(
      `${home}/api/entries?a=1`,
    )
    expect(throughHosts(new URL('http://127.0.0.1:3001/'), home).href).toBe('http://127.0.0.1:3001/')
  })

  test.each(['127.0.0.1', '127.9.9.9', 'localhost', 'a.localhost', '[::1]'])(
    'takes %s for this machine',
    (host) => expect(isLoopback(host)).toBe(true),
  )

  test.each(['10.0.0.1', '127.0.0.1.evil.example', 'localhost.evil.example', '0.0.0.0', '128.0.0.1'])(
    'takes %s for another machine',
    (host) => expect(isLoopback(host)).toBe(false),
  )
})
