import http from 'node:http'
import https from 'node:https'

/** Main and backup site of WeChat Pay: https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
export const WECHATPAY_HOSTS = ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'] as const

export interface TransportTimeouts {
  connectMs: number
  totalMs: number
}

/**
 * connectMs: a connection inside China takes well under 100 ms; 2 s leaves room for one lost SYN (1 s) before the
 * backup site is the better bet.
 * totalMs: a customer is waiting; after 6 s the outcome counts as unknown and the query ladder takes over. It also holds
 * both connection attempts.
 */
const TIMEOUTS: TransportTimeouts = { connectMs: 2_000, totalMs: 6_000 }
/** Firewalls forget quiet connections after a minute or more: let go of ours before they do. */
const IDLE_SOCKET_MS = 30_000
/** 500 prepays a second (WeChat's limit a merchant) at 200 ms each keep 100 busy; more means that the site is in trouble. */
const MAX_SOCKETS = 200
/** The largest answer we ask for is a query with promotion details, a few kB. */
export const MAX_ANSWER_BYTES = 64 * 1024

export interface WireRequest {
  method: 'GET' | 'POST'
  path: string
  /** Made anew for every attempt, so that no signature is used twice. */
  headers: () => Record<string, string>
  body: Buffer
}

/** Nothing in it is proven. */
export interface WireAnswer {
  status: number
  headers: NodeJS.Dict<string[]>
  body: Buffer
  /** An earlier send of the same request got no answer and may have been carried out: this answers a repeat. */
  earlierUnknown: boolean
}

/**
 * No usable answer. `reached` is how far the request got: "nobody" is sure not to have been seen; "closed-socket" met a
 * kept connection that the other side had just closed; "unknown" may have been carried out.
 */
export class NoAnswer extends Error {
  readonly reached: 'nobody' | 'closed-socket' | 'unknown'
  constructor(reason: string, reached: NoAnswer['reached'], cause?: unknown) {
    super(reason, { cause })
    this.name = 'NoAnswer'
    this.reached = reached
  }
}

export interface Transport {
  /**
   * Throws NoAnswer. Follows no redirect. Goes on to the next host only when the one before could not be connected to.
   * A kept connection that closes under a request says nothing about the site: the request is sent once more. WeChat
   * takes each of ours twice (same number, same parameters). The answer then says `earlierUnknown`: WeChat may have
   * carried out the first send before the connection closed, so a refusal of the repeat does not cover it.
   */
  send(request: WireRequest): Promise<WireAnswer>
  /** Closes every connection, busy ones too. */
  close(): void
}

interface Host {
  name: string
  request: typeof http.request
  /** The socket's event from which on bytes can have reached the other side. */
  readyEvent: 'connect' | 'secureConnect'
  options: http.RequestOptions
  agent: http.Agent
}

const createHost = (address: string): Host => {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new Error(
      `WeChat Pay host must be an origin such as ${WECHATPAY_HOSTS[0]}, without a path: ${address}`,
    )
  }
  const { Agent, request } = url.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_SOCKET_MS })
  return {
    name: url.host,
    request,
    readyEvent: url.protocol === 'https:' ? 'secureConnect' : 'connect',
    options: {
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      agent,
    },
    agent,
  }
}

const collect = (
  incoming: http.IncomingMessage,
  done: (body: Buffer) => void,
  fail: (reason: string) => void,
): void => {
  const chunks: Buffer[] = []
  let size = 0
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length
    chunks.push(chunk)
    if (size > MAX_ANSWER_BYTES) fail(`answer exceeds ${MAX_ANSWER_BYTES} bytes`)
  })
  incoming.on('error', () => fail('answer broke off'))
  incoming.on('end', () => done(Buffer.concat(chunks)))
}

const attempt = (host: Host, request: WireRequest, timeouts: TransportTimeouts, deadline: number) =>
  new Promise<Omit<WireAnswer, 'earlierUnknown'>>((resolve, reject) => {
    let reached: NoAnswer['reached'] = 'nobody'
    let connectTimer: NodeJS.Timeout | undefined
    const { method, path } = request
    const outgoing = host.request({ ...host.options, method, path, headers: request.headers() })
    const fail = (reason: string, cause?: unknown): void => {
      clearTimeout(totalTimer)
      clearTimeout(connectTimer)
      reject(new NoAnswer(`${host.name}: ${reason}`, reached, cause))
      outgoing.destroy()
    }
    const totalTimer = setTimeout(
      () => fail(`no complete answer within ${timeouts.totalMs} ms`),
      Math.max(0, deadline - performance.now()),
    )
    outgoing.on('socket', (socket) => {
      if (outgoing.reusedSocket || !socket.connecting) {
        reached = 'unknown'
        return
      }
      connectTimer = setTimeout(
        () => fail(`no connection within ${timeouts.connectMs} ms`),
        timeouts.connectMs,
      )
      socket.once(host.readyEvent, () => {
        clearTimeout(connectTimer)
        reached = 'unknown'
      })
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
      if (closed && outgoing.reusedSocket) reached = 'closed-socket'
      fail(`connection failed (${error.code ?? error.name})`, error)
    })
    outgoing.on('response', (incoming) => {
      const done = (body: Buffer): void => {
        clearTimeout(totalTimer)
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headersDistinct, body })
      }
      collect(incoming, done, fail)
    })
    outgoing.end(request.body)
  })

/** Connections to WeChat Pay, kept alive. `hosts` are origins, the preferred one first. */
export const createTransport = (
  hosts: readonly string[],
  timeouts: TransportTimeouts = TIMEOUTS,
): Transport => {
  const sites = hosts.map(createHost)
  if (sites.length === 0) throw new Error('WeChat Pay needs at least one host')
  let closed = false
  return {
    async send(request) {
      const deadline = performance.now() + timeouts.totalMs
      let sentAgain = false
      let next = 0
      for (;;) {
        const site = sites[next]
        if (closed || site === undefined)
          throw new NoAnswer('connections are closed: this process is ending', 'nobody')
        try {
          return { ...(await attempt(site, request, timeouts, deadline)), earlierUnknown: sentAgain }
        } catch (error) {
          const reached = error instanceof NoAnswer ? error.reached : 'unknown'
          if (reached === 'closed-socket' && !sentAgain) sentAgain = true
          else if (reached === 'nobody' && next + 1 < sites.length) next += 1
          else throw error
        }
      }
    },
    close() {
      closed = true
      for (const { agent } of sites) agent.destroy()
    },
  }
}
