import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message between our server and WeChat, as it passes. */
export interface Passing {
  direction: 'to-wechat' | 'to-server'
  method: string
  path: string
  headers: http.IncomingHttpHeaders
  body: Buffer
}

/** What came back. */
export interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}

/** What a call asks for. */
export type CallName = 'prepay' | 'query' | 'close' | 'refund' | 'refund-query'

/** What a call asks for, by its path. */
export function callName(method: string, path: string): CallName {
  if (path.includes('/refunds')) return method === 'POST' ? 'refund' : 'refund-query'
  if (path.endsWith('/close')) return 'close'
  return method === 'POST' ? 'prepay' : 'query'
}

/** Passes an answer on as it came. */
export function reply(res: http.ServerResponse, { status, headers, body }: Answer): void {
  const { connection: _connection, 'transfer-encoding': _encoding, ...kept } = headers
  res.writeHead(status, { ...kept, ...(status !== 204 && { 'content-length': body.length }) }).end(body)
}

/** Reads a request to its end. */
export async function readPassing(
  direction: Passing['direction'],
  req: http.IncomingMessage,
): Promise<Passing> {
  const { method = 'GET', url: path = '/', headers } = req
  return { direction, method, path, headers, body: await readAll(req) }
}

async function readAll(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Sends a message on and waits for the whole answer. Rejects when the other side breaks off. */
export function forward(
  agent: http.Agent,
  origin: string,
  { method, path, headers, body }: Passing,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host: _host, connection: _connection, ...kept } = headers
    const request = http.request(origin + path, { method, agent, headers: kept }, (response) => {
      readAll(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes }),
        reject,
      )
    })
    request.once('error', reject)
    request.end(body)
  })
}

/**
 * A free port of the loopback address. A message that breaks off a kept connection is sent again at once, one that breaks
 * off a new connection is not, and whether there is one to keep hangs on the machine: where a seed has to bring the same
 * history again, every message has a connection of its own.
 */
export async function listenOnLoopback(
  handler: http.RequestListener,
  connections: 'kept' | 'one-a-message' = 'kept',
) {
  const server = http.createServer(handler)
  if (connections === 'one-a-message') server.maxRequestsPerSocket = 1
  // Idle connections stay: nobody sends into one that is just closing, whatever the machine is busy with.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
