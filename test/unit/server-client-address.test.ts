import { describe, expect, test } from 'vitest'
import { clientAddress, parseAddress } from '../../server/http/client-address.ts'

/** A request that Express found `ip` for, on a connection from `peer`. */
const from = (ip: string | undefined, peer: string | undefined = '10.0.0.1') =>
  clientAddress({ ip, socket: { remoteAddress: peer } } as Parameters<typeof clientAddress>[0])

describe('an address as proxies write it', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['"[2001:db8::1]:4711"', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
  ])('%s is %s', (text, address) => {
    expect(parseAddress(text)).toBe(address)
  })

  test.each([
    '',
    'unknown',
    '_hidden',
    'localhost',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.07',
    '203.0.113.7:x',
    '203.0.113.7:',
    '203.0.113.7, 10.0.0.1',
    '[203.0.113.7]extra',
    '2001:db8::1::2',
    '0x7f000001',
    "1' or '1'='1",
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })
})

describe('a client', () => {
  test('is counted by its IPv4 /24 or IPv6 /64, however the address is written', () => {
    expect(from('203.0.113.7').block).toBe('203.0.113.0/24')
    expect(from('203.0.113.200:51234').block).toBe('203.0.113.0/24')
    expect(from('::ffff:203.0.113.9').block).toBe('203.0.113.0/24')
    expect(from('2001:db8:1:2:3:4:5:6').block).toBe('2001:db8:1:2::/64')
    expect(from('[2001:0db8:0001:0002::9]:443').block).toBe('2001:db8:1:2::/64')
    expect(from('2001:db8::9').block).toBe('2001:db8::/64')
    expect(from('2001:db8:0:1::').block).toBe('2001:db8:0:1::/64')
    expect(from('::1').block).toBe('::/64')
  })

  test('whose address is none is the nearest proxy, and known not to be there', () => {
    for (const ip of ['unknown', '', undefined])
      expect(from(ip)).toEqual({
        address: '10.0.0.1',
        block: '10.0.0.0/24',
        site: '10.0.0.0/24',
        isClients: false,
      })
    expect(from('203.0.113.7')).toMatchObject({ address: '203.0.113.7', isClients: true })
  })

  test('is the proxy’s, not the customer’s, when the proxy forwards an empty list', () => {
    // Express answers the connection's own address then.
    for (const forwarded of ['', ' ', ', ,'])
      expect(
        clientAddress({
          ip: '10.0.0.5',
          headers: { 'x-forwarded-for': forwarded },
          socket: { remoteAddress: '10.0.0.5' },
        } as unknown as Parameters<typeof clientAddress>[0]),
      ).toMatchObject({ address: '10.0.0.5', isClients: false })
  })

  test('of a connection that is gone has no address, and is counted with others like it', () => {
    expect(clientAddress({ socket: {} } as Parameters<typeof clientAddress>[0])).toEqual({
      address: 'unknown',
      block: 'unknown',
      site: 'unknown',
      isClients: false,
    })
  })
})
