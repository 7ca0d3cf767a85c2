import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How often connections whose last request has ended are looked for. */
const lookEveryMs = 50

/**
 * Watches a server's connections; the function it returns stops the server. Requests under way end, at the latest after
 * `patienceMs`; every other connection ends at once. Node's own closeIdleConnections leaves those that have never sent
 * anything, and browsers open such ones ahead of time.
 */
export function drainable(server: Server, patienceMs: number): () => Promise<void> {
  const open = new Set<Socket>()
  const busy = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, res: ServerResponse) => {
    busy.add(socket)
    res.once('close', () => busy.delete(socket))
  })
  return async () => {
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
  }
}
