import { createServer as createSecureServer } from 'node:https'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createWechatpayChannel } from '../../server/channels/wechatpay/channel.ts'
import {
  createTransport,
  MAX_ANSWER_BYTES,
  WECHATPAY_HOSTS,
} from '../../server/channels/wechatpay/transport.ts'
import { ChannelUnknown } from '../../server/shared/errors.ts'
import {
  answerSigned,
  authorizationItems,
  isOurs,
  merchantOf,
  signedHeaders,
  snapshotOf,
  startPeer,
  stranger,
} from '../support/wechatpay-peer.ts'
import { certificatePem } from '../support/certificate.ts'
import { until } from '../support/until.ts'
import type { Answerer, Peer } from '../support/wechatpay-peer.ts'

const endings: (() => unknown)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const end of endings.splice(0).reverse()) await end()
})

const peerThat = async (answer?: Answerer): Promise<Peer> => {
  const peer = await startPeer(answer ?? ((response) => answerSigned(response, 200, { prepay_id: 'wx1' })))
  endings.push(() => peer.close())
  return peer
}
/** As in production, many times over: a machine that stands still for a while is not a site that does not answer. */
const timeouts = { connectMs: 20_000, totalMs: 60_000 }
/** From now on the transport waits by a clock of the test's own, which goes on when the other side has come so far. */
const stopClock = () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

const channelTo = (hosts: string[]) => {
  const channel = createWechatpayChannel({
    merchants: new Map([['1900000001', merchantOf()]]),
    hosts,
    timeouts,
  })
  endings.push(() => channel.disconnect())
  return channel
}
const prepay = (hosts: string[]) => channelTo(hosts).prepay(snapshotOf(), '{}')
const reasonOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ChannelUnknown)
  return (error as ChannelUnknown).reason
}

/** A TCP server that lets everybody connect and says nothing. */
const silence = async (): Promise<{ port: number; sockets: Set<Socket> }> => {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endings.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, sockets }
}

/** An address at which nobody listens. */
const nobody = async (): Promise<string> => {
  const peer = await startPeer()
  await peer.close()
  return peer.url
}

describe('the backup site', () => {
  test('is asked when nobody listens at the main one, with the same bytes, signed', async () => {
    const backup = await peerThat()
    expect(await prepay([await nobody(), backup.url])).toBe('wx1')
    expect(isOurs(backup.requests[0]!)).toBe(true)
  })

  test('is asked when the main one accepts but never finishes the TLS handshake', async () => {
    const main = await silence()
    const backup = await peerThat()
    stopClock()
    const work = prepay([`https://127.0.0.1:${main.port}`, backup.url])
    await waitFor(main.sockets)
    await vi.advanceTimersByTimeAsync(timeouts.connectMs)
    expect(await work).toBe('wx1')
    expect(main.sockets.size).toBe(1)
  })

  test('is asked when the main one shows no trusted certificate', async () => {
    const main = await silence()
    const backup = await peerThat()
    const work = prepay([`https://127.0.0.1:${main.port}`, backup.url])
    const [socket] = await waitFor(main.sockets)
    socket!.end('this is not TLS')
    expect(await work).toBe('wx1')
  })

  test('is left alone when the main one got the request and did not answer', async () => {
    const main = await peerThat(() => {})
    const backup = await peerThat()
    stopClock()
    const reason = reasonOf(prepay([main.url, backup.url]))
    await until(async () => main.requests.length > 0)
    await vi.advanceTimersByTimeAsync(timeouts.totalMs)
    expect(await reason).toContain('60000 ms')
    expect(main.requests).toHaveLength(1)
    expect(backup.requests).toHaveLength(0)
  })

  test('is left alone when the connection to the main one breaks after the request', async () => {
    const main = await peerThat((response) => response.destroy())
    const backup = await peerThat()
    expect(await reasonOf(prepay([main.url, backup.url]))).toContain('ECONNRESET')
    expect(backup.requests).toHaveLength(0)
  })

  test('is left alone when the main one answers an error', async () => {
    const main = await peerThat((response) => response.writeHead(502).end('Bad gateway'))
    const backup = await peerThat()
    expect(await reasonOf(prepay([main.url, backup.url]))).toContain('answer 502')
    expect(backup.requests).toHaveLength(0)
  })

  test('does not help when it is down too', async () => {
    expect(await reasonOf(prepay([await nobody(), await nobody()]))).toContain('ECONNREFUSED')
  })
})

describe('over TLS', () => {
  const secure = async (): Promise<{ url: string; connections: () => number; requests: () => number }> => {
    let [connections, requests] = [0, 0]
    const cert = certificatePem('0A', stranger)
    const key = stranger.privateKey.export({ type: 'pkcs8', format: 'pem' })
    const server = createSecureServer({ cert, key }, (_, response) => {
      requests += 1
      answerSigned(response, 200, { prepay_id: 'wx1' })
    })
    server.on('secureConnection', () => (connections += 1))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endings.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
    const { port } = server.address() as AddressInfo
    return { url: `https://127.0.0.1:${port}`, connections: () => connections, requests: () => requests }
  }

  test('a site whose certificate nobody vouches for gets no request', async () => {
    const site = await secure()
    expect(await reasonOf(prepay([site.url]))).toContain('SELF_SIGNED')
    expect(site.requests()).toBe(0)
  })

  test('a trusted site is asked over one kept connection', async () => {
    const trusted = getCACertificates()
    endings.push(() => setDefaultCACertificates(trusted))
    setDefaultCACertificates([...trusted, certificatePem('0A', stranger)])
    const site = await secure()
    const channel = channelTo([site.url])
    for (let i = 0; i < 5; i++) expect(await channel.prepay(snapshotOf(), '{}')).toBe('wx1')
    expect([site.requests(), site.connections()]).toEqual([5, 1])
  })
})

const waitFor = async (sockets: Set<Socket>): Promise<Socket[]> => {
  while (sockets.size === 0) await new Promise((resolve) => setImmediate(resolve))
  return [...sockets]
}

describe('the outcome is unknown when', () => {
  const cases: [string, Answerer, string][] = [
    ['the connection breaks before the answer', (response) => response.destroy(), 'ECONNRESET'],
    [
      'the body stops half-way and the line stays open',
      (response) => void response.writeHead(200, { 'content-length': '20' }).write('{"prepay'),
      'no complete answer',
    ],
    [
      'the connection breaks in the middle of the body',
      (response) => {
        response.writeHead(200, { 'content-length': '20' })
        response.write('{"prepay', () => response.destroy())
      },
      'broke off',
    ],
    [
      'the body drips for ever',
      (response) => {
        response.writeHead(200)
        const drip = setInterval(() => response.write(' '), 20)
        response.on('close', () => clearInterval(drip))
      },
      'no complete answer',
    ],
    [
      'the body is too large, although it is signed',
      (response) => {
        const text = JSON.stringify({ prepay_id: 'wx1', padding: 'x'.repeat(MAX_ANSWER_BYTES) })
        response.writeHead(200, signedHeaders(text)).end(text)
      },
      'exceeds',
    ],
    [
      'the answer is no HTTP',
      (response) => void response.socket!.end('SSH-2.0-OpenSSH\r\n\r\n'),
      'HPE_INVALID',
    ],
  ]
  test.each(cases)('%s', async (_, answer, reason) => {
    const peer = await peerThat(answer)
    stopClock()
    const heard = reasonOf(prepay([peer.url]))
    await until(async () => peer.requests.length > 0)
    if (reason === 'no complete answer') await vi.advanceTimersByTimeAsync(timeouts.totalMs)
    expect(await heard).toContain(reason)
    expect(peer.requests).toHaveLength(1)
  })
})

test('an answer of exactly the largest size is read', async () => {
  const padding = 'x'.repeat(MAX_ANSWER_BYTES - JSON.stringify({ prepay_id: 'wx1', padding: '' }).length)
  const peer = await peerThat((response) => answerSigned(response, 200, { prepay_id: 'wx1', padding }))
  expect(await prepay([peer.url])).toBe('wx1')
})

test('a kept connection that closes under a request costs nothing: it is sent again, signed afresh', async () => {
  const peer = await peerThat()
  const channel = channelTo([peer.url])
  await channel.prepay(snapshotOf(), '{}')
  const kept = peer.requests[0]!.connection
  peer.answer = (response, request) =>
    request.connection === kept ? response.destroy() : answerSigned(response, 200, { prepay_id: 'wx2' })
  expect(await channel.prepay(snapshotOf(), '{}')).toBe('wx2')
  const nonces = peer.requests.map((request) => authorizationItems(request).nonce_str)
  expect(new Set(nonces).size).toBe(3)
})

test.each([
  { closes: false, earlierUnknown: false },
  { closes: true, earlierUnknown: true },
])(
  'a refusal says whether an earlier send of the same request is unanswered ($earlierUnknown)',
  async ({ closes, earlierUnknown }) => {
    const peer = await peerThat()
    const channel = channelTo([peer.url])
    await channel.prepay(snapshotOf(), '{}')
    const kept = peer.requests[0]!.connection
    peer.answer = (response, request) =>
      closes && request.connection === kept
        ? response.destroy()
        : answerSigned(response, 403, { code: 'NO_AUTH', message: 'no' })
    await expect(channel.prepay(snapshotOf(), '{}')).rejects.toMatchObject({
      channelCode: 'NO_AUTH',
      earlierUnknown,
    })
  },
)

test('a site that closes every kept connection is asked at most twice', async () => {
  const peer = await peerThat()
  const channel = channelTo([peer.url])
  await Promise.all(Array.from({ length: 5 }, () => channel.prepay(snapshotOf(), '{}')))
  expect(new Set(peer.requests.map(({ connection }) => connection)).size).toBe(5)
  peer.answer = (response) => response.destroy()
  expect(await reasonOf(channel.prepay(snapshotOf(), '{}'))).toContain('ECONNRESET')
  expect(peer.requests).toHaveLength(7)
})

test('two hundred at once each get their own answer', async () => {
  const peer = await peerThat((response, request) =>
    answerSigned(response, 200, { prepay_id: JSON.parse(request.body).n }),
  )
  const channel = channelTo([peer.url])
  const numbers = Array.from({ length: 200 }, (_, i) => `wx${i}`)
  const ids = await Promise.all(numbers.map((n) => channel.prepay(snapshotOf(), JSON.stringify({ n }))))
  expect(ids).toEqual(numbers)
})

test('after the end nothing is sent', async () => {
  const peer = await peerThat()
  const channel = channelTo([peer.url])
  channel.disconnect()
  expect(await reasonOf(channel.prepay(snapshotOf(), '{}'))).toContain('ending')
  expect(peer.requests).toHaveLength(0)
})

test.each([
  'api.mch.weixin.qq.com',
  'ftp://127.0.0.1',
  'http://127.0.0.1/v3',
  'http://user:pw@127.0.0.1',
  '',
])('host %j is refused at start', (host) => {
  expect(() => createTransport([host])).toThrow('must be an origin')
})

test('no host at all is refused at start', () => {
  expect(() => createTransport([])).toThrow('at least one host')
})

test("the provider's own hosts are https and the main one comes first", () => {
  expect(WECHATPAY_HOSTS).toEqual(['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'])
})
