import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { limits } from '../config/limits.ts'

/** How often connections whose last request has ended are looked for while stopping. */
const lookEveryMs = 50
/** Node looks every 30 s by default whether a request is late: one that should end after 10 s lived for up to 40. */
const checksPerLimit = 20

/** Limits of one connection, in milliseconds of machine time. */
export interface ConnectionLimits {
  headersWithinMs: number
  requestWithinMs: number
  idleConnectionMs: number
}

/** An HTTP server, not listening yet, that can be stopped without losing a request. */
export interface StoppableServer {
  server: Server
  /** From now on every answer carries `Connection: close`, so that a proxy sends its next request elsewhere. */
  announceStop(): void
  /**
   * Takes no more connections. Requests under way end, at the latest after `patienceMs`; every other connection ends at
   * once. Node's own closeIdleConnections leaves those that have never sent anything, and browsers open such ones ahead.
   */
  drain(patienceMs: number): Promise<void>
}

/** A request whose headers or body are late is answered with 408, and its connection ends. */
export function createStoppableServer(
  app: RequestListener,
  { headersWithinMs, requestWithinMs, idleConnectionMs }: ConnectionLimits = limits,
): StoppableServer {
  const server = createServer({
    headersTimeout: headersWithinMs,
    requestTimeout: requestWithinMs,
    keepAliveTimeout: idleConnectionMs,
    connectionsCheckingInterval: headersWithinMs / checksPerLimit,
  })
  const open = new Set<Socket>()
  const busy = new Map<Socket, ServerResponse>()
  let isStopping = false
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, res: ServerResponse) => {
    busy.set(socket, res)
    res.once('close', () => busy.delete(socket))
    if (isStopping) sayClose(res)
  })
  server.on('request', app)
  return {
    server,
    announceStop() {
      isStopping = true
      for (const res of busy.values()) sayClose(res)
    },
    async drain(patienceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const endIdle = () => {
        for (const socket of open) if (!busy.has(socket)) socket.destroy()
      }
      endIdle()
      const idle = setInterval(endIdle, lookEveryMs)
      const patience = setTimeout(() => server.closeAllConnections(), patienceMs)
      await closed
      clearInterval(idle)
      clearTimeout(patience)
    },
  }
}

/** An answer whose head has left already keeps its connection: the next one on it says so. */
function sayClose(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('Connection', 'close')
}
