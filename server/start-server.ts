import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { loadCatalogue } from './catalog/product.ts'
import { createSubscriberChannel } from './channels/subscribers/channel.ts'
import { createWechatLogin } from './channels/wechat-login/wechat-login.ts'
import type { TransportTimeouts } from './channels/wechatpay/transport.ts'
import { limits } from './config/limits.ts'
import { ConfigFault, type Config } from './config/load-config.ts'
import { followClock } from './config/remote-clock.ts'
import { createBulkhead } from './http/bulkhead.ts'
import { createStoppableServer } from './http/http-server.ts'
import { createRateLimiter } from './http/rate-limits.ts'
import type { Services } from './http/services.ts'
import { allowanceOf, keepOperator } from './identity/operators.ts'
import { startCleaningUp } from './jobs/clean-up.ts'
import { startDelivering } from './jobs/deliver.ts'
import { startLookingAgain } from './jobs/look-again.ts'
import { together, type Rounds } from './jobs/rounds.ts'
import { startSweeping, type SweepDeps } from './jobs/sweep.ts'
import { startWatchingClock } from './jobs/watch-clock.ts'
import { openChannels, type OpenChannels } from './open-channels.ts'
import { systemClock, type Clock } from './shared/clock.ts'
import { openDatabase, type Database } from './store/database.ts'
import { migrate } from './store/migrate.ts'
import { createPulse, type Pulse } from './store/pulse.ts'
import { payeesSince } from './store/payments.ts'
import { serverKey } from './store/server-keys.ts'
import { registerSubscribers } from './store/shop-events.ts'
import { writeFault } from './store/write-fault.ts'

export interface ServerOptions {
  config: Config
  databaseUrl: string
  /** The built H5. */
  pagesDirectory: string
  log: Logger
  /** For tests: a clock in place of the configured one. */
  clock?: Clock
  /** For tests: nothing is swept or delivered by itself; the test does that by hand. */
  isHandWound?: boolean
  /** For tests: how long WeChat Pay may take. */
  timeouts?: TransportTimeouts
}

export interface RunningServer {
  url: string
  services: Services
  /**
   * Says that it stops and goes on serving for `stopDelayMs`, or until the signal; then takes no more requests, lets those
   * under way end, then everything behind them.
   */
  stop(hurry?: AbortSignal): Promise<void>
}

/** Opens the store, wires the parts, listens. Throws ConfigFault, or what the store or the port says. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const opened = openChannels(options.config, options.log, options.timeouts)
  for (const warning of options.config.warnings) options.log.warn(warning)
  const pulse = createPulse()
  const db = openDatabase(options.databaseUrl, { pulse })
  try {
    return await wire(options, opened, db, pulse)
  } catch (error) {
    await db.destroy()
    throw error
  }
}

async function wire(
  options: ServerOptions,
  opened: OpenChannels,
  db: Database,
  pulse: Pulse,
): Promise<RunningServer> {
  const { config, log } = options
  const followed =
    config.clock.kind === 'remote' && !options.clock ? await followClock(config.clock.url) : null
  await migrateFirst(options.databaseUrl)
  const clock = options.clock ?? followed ?? systemClock
  await refuseDroppedPayees(db, opened.keyHolders, clock)
  await storeConfigured(db, config)
  const { channels, refundChannels } = opened
  const allowances = new Map(config.operators.map((operator) => [operator.name, allowanceOf(operator)]))
  const money = { db, channels, refundChannels, allowances, clock, log }
  const services: Services = {
    ...money,
    login: createWechatLogin(config.hosts),
    entries: new Map(config.entries.map((entry) => [entry.code, entry])),
    publicUrl: config.publicUrl,
    statusKey: await serverKey(db, 'status-link'),
    operators: config.operators.map(keepOperator),
    shippingFields: config.shippingFields,
    shop: config.shop,
    bulkhead: createBulkhead(),
    limiter: createRateLimiter(db),
  }
  let isStopping = false
  const app = createApp({
    services,
    pagesDirectory: options.pagesDirectory,
    trustedProxies: config.trustedProxies,
    contentSecurity: config.contentSecurity,
    readinessChecks: [
      { name: 'stopping', fault: () => (isStopping ? 'This server is stopping.' : null) },
      { name: 'database', fault: () => writeFault(db) },
      { name: 'clock', fault: opened.skew.fault, warning: opened.skew.warning },
    ],
    databaseSilentMs: pulse.silentMs,
  })
  const http = createStoppableServer(app)
  http.server.listen(config.listen.port, config.listen.host)
  await once(http.server, 'listening')
  const rounds = options.isHandWound ? together([]) : startAllRounds(money, config, opened)
  return {
    url: `http://${config.listen.host}:${(http.server.address() as AddressInfo).port}`,
    services,
    stop: async (hurry) => {
      isStopping = true
      const roundsStopped = rounds.stop()
      http.announceStop()
      // A load balancer that looks at /readyz sends nothing more by then, so no request meets a closed port.
      await pause(config.stopDelayMs, undefined, { signal: hurry }).catch(() => undefined)
      const patience = pause(limits.stopWithinMs, undefined, { ref: false })
      await Promise.all([http.drain(limits.stopWithinMs), Promise.race([roundsStopped, patience])])
      // A call to WeChat that is still under way is cut off, and its next check noted: another server makes it.
      opened.disconnect()
      await roundsStopped
      followed?.stop()
      await db.destroy()
    },
  }
}

/** Writes what statements read of the configuration: products and who is told what. */
async function storeConfigured(db: Database, config: Config): Promise<void> {
  if (config.cataloguePath) await loadCatalogue(db, config.cataloguePath)
  await registerSubscribers(
    db,
    config.subscribers.map(({ name, events }) => ({ name, event_types: events })),
  )
}

/** What this server does without being asked. */
function startAllRounds(money: SweepDeps, config: Config, { hosts, skew }: OpenChannels): Rounds {
  const { db, clock, log } = money
  return together([
    startSweeping(money),
    startLookingAgain(money),
    startDelivering({ db, clock, log, subscribers: createSubscriberChannel(config.subscribers) }),
    startCleaningUp(money),
    startWatchingClock(hosts, { skew, log }),
  ])
}

/** Migrations have a pool of their own, whose statements may take long. */
async function migrateFirst(databaseUrl: string): Promise<void> {
  const db = openDatabase(databaseUrl, { isPatient: true })
  try {
    await migrate(db)
  } finally {
    await db.destroy()
  }
}

/** The keys of a payment are looked up for a year, a merchant's or an Alipay app's: late notifications and refunds need them. */
async function refuseDroppedPayees(
  db: Database,
  keyHolders: ReadonlySet<string>,
  clock: Clock,
): Promise<void> {
  const used = await payeesSince(db, new Date(clock.now().getTime() - limits.merchantKeptMs))
  const needed = new Set(used.map(({ channel, mchid, appid }) => (channel === 'alipay' ? appid : mchid)))
  const dropped = [...needed].filter((holder) => !keyHolders.has(holder))
  if (dropped.length > 0)
    throw new ConfigFault(
      dropped.map(
        (holder) => `merchants or alipayApps: ${holder} took payments within the last 366 days; put it back`,
      ),
    )
}
