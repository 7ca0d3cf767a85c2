import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { repository } from '../../scripts/data-folder.ts'
import { judge, type Judgement } from '../chaos/judge.ts'
import { openPostgresLine, type PostgresLine } from '../support/postgres-line.ts'
import { openSandbox } from '../support/sandbox-client.ts'
import { mchid } from '../support/shop.ts'
import { openBalancer, type Balancer, type Figures } from './balancer.ts'
import { sendCustomers, type Customers } from './customers.ts'
import { prepareServer, type VersionServer } from './version-server.ts'

/** What happens to the servers while people pay. */
export interface StopCampaign {
  stops: number
  /** The work tree of the version before, which serves first and is replaced server by server; null: no upgrade. */
  oldVersion: string | null
  /** Whether PostgreSQL is silenced, read-only and away for a while at the end. */
  outages: boolean
  folder: string
  databaseUrl: string
  /** Told of each part as it ends. */
  tell(line: string): void
}

/** What came of it. */
export interface StopOutcome {
  /** Requests that failed while servers were stopped or replaced: there should be none. */
  failedCount: number
  /** Parts in which PostgreSQL was away and the shop took longer than this to recover. */
  lateCount: number
  judgement: Judgement
}

const OUTAGE_MS = 8_000
const MOST_RECOVERY_MS = 5_000
/** Both versions serve side by side for so long before the second server is replaced. */
const SIDE_BY_SIDE_MS = 3_000
const AFTER_MINUTES = 75

/** Everything that the parts of a campaign share. */
interface Scene {
  campaign: StopCampaign
  balancer: Balancer
  customers: Customers
  servers: VersionServer[]
  lines: PostgresLine[]
}

/** Runs one campaign. Throws what any part of it threw. */
export async function runStopCampaign(campaign: StopCampaign): Promise<StopOutcome> {
  const balancer = await openBalancer()
  const sandbox = await openSandbox({ h5Url: balancer.url })
  const lines = [await openPostgresLine(campaign.databaseUrl), await openPostgresLine(campaign.databaseUrl)]
  const prepare = (name: string, from: string, line: PostgresLine) =>
    prepareServer({
      name: `${name}-${randomBytes(2).toString('hex')}`,
      repository: from,
      folder: campaign.folder,
      databaseUrl: line.url,
      sandboxUrl: sandbox.url,
      publicUrl: balancer.url,
    })
  const first = campaign.oldVersion ?? repository
  const servers = [await prepare('one', first, lines[0]!), await prepare('two', first, lines[1]!)]
  try {
    for (const server of servers) await bringUp(balancer, server)
    const appidOf = (kind: string) => sandbox.merchant(mchid).appids.find((app) => app.kind === kind)!.appid
    const appids = {
      'official-account': appidOf('official-account'),
      'mini-program': appidOf('mini-program'),
    }
    const customers = await sendCustomers({ url: balancer.url, sandbox, appids })
    const scene: Scene = { campaign, balancer, customers, servers, lines }
    let failedCount = 0
    let lateCount = 0
    balancer.takeFigures()
    if (campaign.oldVersion) failedCount += await upgrade(scene, prepare)
    failedCount += await stopInTurns(scene)
    if (campaign.outages) lateCount = await outages(scene)
    await customers.stop()
    for (let minute = 0; minute < AFTER_MINUTES; minute += 1) {
      await sandbox.control('/clock', { advanceMs: 60_000 })
      await pause(50)
    }
    await pause(3_000)
    return { failedCount, lateCount, judgement: await judge(campaign.databaseUrl, sandbox.url, mchid) }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
    for (const line of lines) await line.close()
    await Promise.all([sandbox.close(), balancer.close()])
  }
}

/** Starts a server and waits until it gets requests. */
async function bringUp(balancer: Balancer, server: VersionServer): Promise<void> {
  server.start()
  balancer.add(server.url)
  const deadline = performance.now() + 60_000
  while (!balancer.isReady(server.url)) {
    if (performance.now() > deadline) throw new Error(`a server does not get ready:\n${server.lastWords()}`)
    await pause(50)
  }
}

/** Replaces server by server with this version. The old one does not announce its stop, so it is taken out by hand first. */
async function upgrade(
  { campaign, balancer, customers, servers, lines }: Scene,
  prepare: (name: string, from: string, line: PostgresLine) => Promise<VersionServer>,
): Promise<number> {
  for (const [i, old] of servers.entries()) {
    await balancer.remove(old.url)
    await old.stop()
    const next = await prepare(`new-${i}`, repository, lines[i]!)
    servers[i] = next
    await bringUp(balancer, next)
    await pause(SIDE_BY_SIDE_MS)
  }
  const figures = balancer.takeFigures()
  campaign.tell(`two versions side by side, one after the other replaced: ${summary(figures, customers)}`)
  return failures(figures)
}

/** Stops one server after the other and starts it again, while the other one serves. */
async function stopInTurns({ campaign, balancer, customers, servers }: Scene): Promise<number> {
  const codes = new Set<unknown>()
  for (let i = 0; i < campaign.stops; i += 1) {
    const server = servers[i % servers.length]!
    codes.add(await server.stop())
    await balancer.remove(server.url)
    await bringUp(balancer, server)
  }
  const figures = balancer.takeFigures()
  campaign.tell(
    `${campaign.stops} stops of one of two servers (exit codes ${[...codes].join()}): ${summary(figures, customers)}`,
  )
  const badExits = [...codes].filter((code) => code !== 0).length
  return failures(figures) + badExits
}

/** PostgreSQL is silent, read-only, away. Returns in how many of them the shop recovered late. */
async function outages(scene: Scene): Promise<number> {
  const { lines, campaign } = scene
  const readOnly = async (value: string) => {
    const client = new pg.Client({ connectionString: campaign.databaseUrl })
    await client.connect()
    await client.query(`alter system set default_transaction_read_only = ${value}`)
    await client.query('select pg_reload_conf()')
    await client.end()
  }
  const all = (act: (line: PostgresLine) => void) => async () => lines.forEach(act)
  const parts = [
    { what: 'silent', begin: all((line) => line.silence()), end: all((line) => line.resume()) },
    { what: 'read-only', begin: () => readOnly('on'), end: () => readOnly('off') },
    { what: 'away', begin: all((line) => line.refuse()), end: all((line) => line.resume()) },
  ]
  let late = 0
  for (const part of parts) if (!(await oneOutage(scene, part))) late += 1
  return late
}

async function oneOutage(
  { campaign, balancer, customers }: Scene,
  part: { what: string; begin: () => Promise<void>; end: () => Promise<void> },
): Promise<boolean> {
  balancer.takeFigures()
  customers.takePaidCount()
  await part.begin()
  await pause(OUTAGE_MS)
  await part.end()
  const backAt = performance.now()
  const during = summary(balancer.takeFigures(), customers)
  await pause(MOST_RECOVERY_MS + 3_000)
  const after = balancer.takeFigures()
  const recoveryMs = Math.max(0, after.failedAt - backAt)
  campaign.tell(`PostgreSQL ${part.what} for ${OUTAGE_MS / 1_000} s: ${during}`)
  campaign.tell(
    `  back: the last failure after ${(recoveryMs / 1_000).toFixed(1)} s; ${summary(after, customers)}`,
  )
  return recoveryMs <= MOST_RECOVERY_MS && after.requests > failures(after)
}

const failures = ({ failed }: Figures): number => [...failed.values()].reduce((sum, count) => sum + count, 0)

function summary(figures: Figures, customers: Customers): string {
  const failed = [...figures.failed].map(([status, count]) => `${count} with ${status}`).join(', ')
  const longest = (figures.longestMs / 1_000).toFixed(1)
  return `${figures.requests} requests, ${failures(figures)} failed${failed && ` (${failed})`}, longest wait ${longest} s, ${customers.takePaidCount()} orders paid`
}

/** The folder of the version before, inside the campaign's. */
export const oldFolder = (folder: string): string => join(folder, 'old-version')
