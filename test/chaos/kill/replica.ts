import { randomBytes } from 'node:crypto'
import http from 'node:http'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChild, type Child } from '../../../scripts/demo/child.ts'
import { operatorTokenFile, writeDemoConfig } from '../../../scripts/demo/demo-config.ts'
import { freePort } from '../../../scripts/free-port.ts'
import { callName, forward, listenOnLoopback, readPassing, reply } from '../wire.ts'
import { limitedCatalogue } from '../witnesses.ts'
import { failpointOf, type Failpoint } from './failpoints.ts'
import { openPostgresProxy } from './postgres-proxy.ts'

/** One server process, with its own lines to WeChat and PostgreSQL, that dies and is started again. */
export interface Replica {
  name: string
  url: string
  /** Whether it takes requests. */
  isUp(): boolean
  /** Ends the process without a word, and starts it again. */
  kill(): void
  /** Cuts its connections to PostgreSQL. A server has to live through that. */
  cutDatabase(): void
  /** Machine time from each start to "ready". */
  startsMs: readonly number[]
  /** The last words of each time that it ended although nobody killed it. */
  ownDeaths: readonly string[]
  close(): Promise<void>
}

export interface ReplicaOptions {
  name: string
  folder: string
  databaseUrl: string
  sandboxUrl: string
  /** Where WeChat and customers find whichever replica is up. */
  publicUrl: string
  /** A system of the shop's own that is told of everything. */
  subscriberUrl: string
  operatorToken: string
  /** Asked at every failpoint that passes; true: it is time to die. */
  diesAt: (replica: Replica, failpoint: Failpoint) => boolean
}

/** Starts a replica and resolves when it takes requests. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { name } = options
  const folder = join(options.folder, name)
  mkdirSync(join(folder, 'keys'), { recursive: true })
  writeFileSync(operatorTokenFile(folder), options.operatorToken)
  const url = `http://127.0.0.1:${await freePort()}`
  const dies = (failpoint: Failpoint | null) => failpoint !== null && options.diesAt(replica, failpoint)
  const wechat = await openWechatLine(options.sandboxUrl, dies)
  const database = await openPostgresProxy(options.databaseUrl, dies)
  const config = await writeConfig(folder, { ...options, url, wechatUrl: wechat.url })
  const startsMs: number[] = []
  const ownDeaths: string[] = []
  let child: Child | undefined
  let [isUp, isOver, isKilled] = [false, false, false]
  const start = async () => {
    const startedAt = performance.now()
    isKilled = false
    // A start of Node is half compiling: the second one finds what the first one made.
    const cache = { NODE_COMPILE_CACHE: join(options.folder, 'compiled') }
    const env = { ...process.env, ...cache, DATABASE_URL: database.url, LOG_LEVEL: 'warn' }
    const started = startChild(name, ['server/main.ts', '--config', config], join(folder, 'server.log'), env)
    child = started
    void started.ended.then(() => {
      isUp = false
      if (isOver) return
      if (!isKilled) ownDeaths.push(started.lastWords())
      // Whoever runs servers starts them again.
      void start().catch(() => undefined)
    })
    await started.answers(`${url}/readyz`).catch((error: unknown) => {
      // One that is never ready is not waited for: it goes the way of the others.
      isKilled = isKilled || started.program.exitCode === null
      started.program.kill('SIGKILL')
      throw error
    })
    startsMs.push(performance.now() - startedAt)
    isUp = started.program.exitCode === null && started.program.signalCode === null
  }
  const replica: Replica = {
    name,
    url,
    startsMs,
    ownDeaths,
    isUp: () => isUp,
    kill() {
      isUp = false
      isKilled = true
      child?.program.kill('SIGKILL')
    },
    cutDatabase: () => database.cut(),
    async close() {
      isOver = true
      await child?.stop()
      await Promise.all([wechat.close(), database.close()])
    },
  }
  await start()
  return replica
}

/** The line to WeChat: whoever dies before a call never made it, whoever dies after it never heard that it was done. */
async function openWechatLine(sandboxUrl: string, dies: (failpoint: Failpoint | null) => boolean) {
  const agent = new http.Agent({ keepAlive: true })
  const carry = async (req: http.IncomingMessage, res: http.ServerResponse) => {
    const passing = await readPassing('to-wechat', req)
    const call = callName(passing.method, passing.path)
    if (dies(failpointOf(call, 'before'))) return void res.destroy()
    const answer = await forward(agent, sandboxUrl, passing)
    if (answer.status < 300 && dies(failpointOf(call, 'after'))) return void res.destroy()
    reply(res, answer)
  }
  const line = await listenOnLoopback((req, res) => {
    void carry(req, res).catch(() => res.destroy())
  })
  return {
    url: line.url,
    close: () => {
      agent.destroy()
      return line.close()
    },
  }
}

/** The demonstration's configuration, with this replica's lines, limited stock and a subscriber in it. */
async function writeConfig(
  folder: string,
  address: { url: string; sandboxUrl: string; wechatUrl: string; publicUrl: string; subscriberUrl: string },
): Promise<string> {
  const file = await writeDemoConfig(folder, { server: address.url, sandbox: address.sandboxUrl })
  const config = JSON.parse(readFileSync(file, 'utf8'))
  config.publicUrl = address.publicUrl
  config.hosts.wechatpay = [address.wechatUrl]
  config.catalogue = limitedCatalogue(folder)
  const secret = 'keys/subscriber'
  writeFileSync(join(folder, secret), `whsec_${randomBytes(32).toString('base64')}`)
  const subscriber = {
    name: 'erp',
    url: address.subscriberUrl,
    secrets: [{ file: secret }],
    allowPrivate: true,
  }
  config.subscribers = [subscriber]
  writeFileSync(file, JSON.stringify(config))
  return file
}
