import http from 'node:http'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChild, type Child } from '../../../scripts/demo/child.ts'
import { operatorTokenFile, writeDemoConfig } from '../../../scripts/demo/demo-config.ts'
import { freePort } from '../../../scripts/free-port.ts'
import { callName, forward, listenOnLoopback, readPassing, reply } from '../wire.ts'
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
  /** Cuts its connections to PostgreSQL. */
  cutDatabase(): void
  close(): Promise<void>
}

export interface ReplicaOptions {
  name: string
  folder: string
  databaseUrl: string
  sandboxUrl: string
  /** Where WeChat and customers find whichever replica is up. */
  publicUrl: string
  operatorToken: string
  /** Asked at every failpoint that passes; true: it is time to die. */
  diesAt: (replica: Replica, failpoint: Failpoint) => boolean
}

/** Starts a replica and resolves when it takes requests. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { name, sandboxUrl } = options
  const folder = join(options.folder, name)
  mkdirSync(join(folder, 'keys'), { recursive: true })
  writeFileSync(operatorTokenFile(folder), options.operatorToken)
  const url = `http://127.0.0.1:${await freePort()}`
  const agent = new http.Agent({ keepAlive: true })
  const wechat = await listenOnLoopback((req, res) => {
    void carry(req, res).catch(() => res.destroy())
  })
  const dies = (failpoint: Failpoint | null) => failpoint !== null && options.diesAt(replica, failpoint)
  const carry = async (req: http.IncomingMessage, res: http.ServerResponse) => {
    const passing = await readPassing('to-wechat', req)
    const call = callName(passing.method, passing.path)
    if (dies(failpointOf(call, 'before'))) return void res.destroy()
    const answer = await forward(agent, sandboxUrl, passing)
    if (dies(failpointOf(call, 'after'))) return void res.destroy()
    reply(res, answer)
  }
  const database = await openPostgresProxy(options.databaseUrl, (moment) =>
    dies(moment === 'before' ? 'settle: before the commit' : 'settle: committed, the server has not heard'),
  )
  const config = await writeConfig(folder, {
    url,
    sandboxUrl,
    wechatUrl: wechat.url,
    publicUrl: options.publicUrl,
  })
  let child: Child | undefined
  let isUp = false
  let isOver = false
  const start = async () => {
    const env = { ...process.env, DATABASE_URL: database.url, LOG_LEVEL: 'warn' }
    child = startChild(name, ['server/main.ts', '--config', config], join(folder, 'server.log'), env)
    void child.ended.then(() => {
      isUp = false
      // Whoever runs servers starts them again; a start that meets a cut line is tried once more.
      if (!isOver) void start().catch(() => undefined)
    })
    await child.answers(`${url}/readyz`)
    isUp = true
  }
  const replica: Replica = {
    name,
    url,
    isUp: () => isUp,
    kill() {
      isUp = false
      child?.program.kill('SIGKILL')
    },
    cutDatabase: () => database.cut(),
    async close() {
      isOver = true
      await child?.stop()
      agent.destroy()
      await Promise.all([wechat.close(), database.close()])
    },
  }
  await start()
  return replica
}

/** The demonstration's configuration, with this replica's lines in it. */
async function writeConfig(
  folder: string,
  address: { url: string; sandboxUrl: string; wechatUrl: string; publicUrl: string },
): Promise<string> {
  const file = await writeDemoConfig(folder, { server: address.url, sandbox: address.sandboxUrl })
  const config = JSON.parse(readFileSync(file, 'utf8'))
  config.publicUrl = address.publicUrl
  config.hosts.wechatpay = [address.wechatUrl]
  writeFileSync(file, JSON.stringify(config))
  return file
}
