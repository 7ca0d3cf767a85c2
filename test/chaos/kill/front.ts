import http from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { forward, listenOnLoopback, readPassing, reply } from '../wire.ts'
import type { Failpoint } from './failpoints.ts'
import type { Replica } from './replica.ts'

/** Where customers and WeChat find whichever server is up: what a load balancer is. */
export interface Front {
  url: string
  /** Requests whose server was gone before it had answered, by the network's word for it, e.g. ECONNRESET. */
  lost: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** So long somebody waits for a server to come back. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 20

/** Opens it on a free port. Servers take turns; while none is up, requests wait. */
export async function openFront(
  replicas: readonly Replica[],
  diesAt: (replica: Replica, failpoint: Failpoint) => boolean,
): Promise<Front> {
  // A line a request: none is left over from a server that has died.
  const agent = new http.Agent({ keepAlive: false })
  const lost = new Map<string, number>()
  const noteLost = (error: NodeJS.ErrnoException) => {
    const word = error.code ?? error.message
    lost.set(word, (lost.get(word) ?? 0) + 1)
    return null
  }
  let turn = 0
  const someoneUp = async (): Promise<Replica | undefined> => {
    const deadline = performance.now() + PATIENCE_MS
    while (performance.now() < deadline) {
      const up = replicas.filter((replica) => replica.isUp())
      turn += 1
      if (up.length > 0) return up[turn % up.length]
      await pause(LOOK_EVERY_MS)
    }
    return undefined
  }
  const pass = async (req: http.IncomingMessage, res: http.ServerResponse) => {
    const passing = await readPassing('to-server', req)
    const replica = await someoneUp()
    if (!replica) return void res.writeHead(503).end()
    const answer = await forward(agent, replica.url, passing).catch(noteLost)
    if (!answer) return void res.writeHead(502).end()
    const isNotification = passing.path.startsWith('/webhooks/')
    const dies = isNotification
      ? diesAt(replica, 'notification: answered, WeChat has not heard')
      : passing.method === 'POST' && diesAt(replica, 'customer: answered, the client has not heard')
    if (!dies) return reply(res, answer)
    if (isNotification) res.destroy()
    else res.writeHead(502).end()
  }
  const front = await listenOnLoopback((req, res) => {
    void pass(req, res).catch(() => res.destroy())
  })
  return {
    url: front.url,
    lost,
    close: () => {
      agent.destroy()
      return front.close()
    },
  }
}
