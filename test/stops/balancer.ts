import http from 'node:http'
import { forward, listenOnLoopback, readPassing, reply, type Answer, type Passing } from '../chaos/wire.ts'

/** A small HTTP load balancer: keep-alive to the servers, a look at /readyz each second, and no second try of a request. */
export interface Balancer {
  url: string
  /** Takes a server into rotation, once it is ready. */
  add(url: string): void
  /** Takes a server out of rotation, as a deployer does by hand, and resolves when nothing is under way at it. */
  remove(url: string): Promise<void>
  /** True while the last looks at the server found it ready. */
  isReady(url: string): boolean
  /** What was answered since the last call, and how. */
  takeFigures(): Figures
  close(): Promise<void>
}

/** Requests of customers and of WeChat. */
export interface Figures {
  requests: number
  /** Answers of 5xx, by status; 'none' where the connection broke. */
  failed: ReadonlyMap<string, number>
  /** The longest that one request waited for its answer, in milliseconds. */
  longestMs: number
  /** When the last request failed, by performance.now(); 0: none did. */
  failedAt: number
}

interface Backend {
  url: string
  agent: http.Agent
  misses: number
  underWay: number
  timer: NodeJS.Timeout
}

const LOOK_EVERY_MS = 1_000
/** A server that misses so many looks in a row gets nothing more. */
const MOST_MISSES = 2

/** Opens it on a free port. While no server is ready, requests go to all in turn: what they answer is what customers see. */
export async function openBalancer(): Promise<Balancer> {
  const backends = new Map<string, Backend>()
  let turn = 0
  let figures = noFigures()
  const pick = (): Backend | undefined => {
    const all = [...backends.values()]
    const ready = all.filter(({ misses }) => misses < MOST_MISSES)
    const some = ready.length > 0 ? ready : all
    turn += 1
    return some[turn % some.length]
  }
  const pass = async (req: http.IncomingMessage, res: http.ServerResponse) => {
    const startedAt = performance.now()
    const passing = await readPassing('to-server', req)
    const backend = pick()
    const answer = backend ? await ask(backend, passing) : null
    figures.requests += 1
    figures.longestMs = Math.max(figures.longestMs, performance.now() - startedAt)
    if (!answer || answer.status >= 500) {
      const status = answer ? String(answer.status) : 'none'
      figures.failed.set(status, (figures.failed.get(status) ?? 0) + 1)
      figures.failedAt = performance.now()
    }
    if (answer) reply(res, answer)
    else res.writeHead(502).end()
  }
  const front = await listenOnLoopback((req, res) => void pass(req, res).catch(() => res.destroy()))
  return {
    url: front.url,
    add: (url) => void backends.set(url, openBackend(url)),
    async remove(url) {
      const backend = backends.get(url)
      if (!backend) return
      backends.delete(url)
      clearInterval(backend.timer)
      while (backend.underWay > 0) await new Promise((resolve) => setImmediate(resolve))
      backend.agent.destroy()
    },
    isReady: (url) => (backends.get(url)?.misses ?? MOST_MISSES) === 0,
    takeFigures() {
      const taken = figures
      figures = noFigures()
      return taken
    },
    close() {
      for (const { timer, agent } of backends.values()) {
        clearInterval(timer)
        agent.destroy()
      }
      return front.close()
    },
  }
}

const noFigures = () => ({ requests: 0, failed: new Map<string, number>(), longestMs: 0, failedAt: 0 })

/** Not ready until the first look. */
function openBackend(url: string): Backend {
  const agent = new http.Agent({ keepAlive: true })
  const look = async () => {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(LOOK_EVERY_MS) }).catch(
      () => null,
    )
    await answer?.body?.cancel()
    backend.misses = answer?.ok ? 0 : backend.misses + 1
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  const backend: Backend = { url, agent, misses: MOST_MISSES, underWay: 0, timer }
  void look()
  return backend
}

/** Null when the connection broke before the answer. */
async function ask(backend: Backend, passing: Passing): Promise<Answer | null> {
  backend.underWay += 1
  try {
    return await forward(backend.agent, backend.url, passing)
  } catch {
    return null
  } finally {
    backend.underWay -= 1
  }
}
