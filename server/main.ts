import { parseArgs } from 'node:util'
import { ConfigFault, loadConfig } from './config/load-config.ts'
import { environment } from './config/env.ts'
import { limits } from './config/limits.ts'
import { createLog } from './shared/log.ts'
import { startServer } from './start-server.ts'
import { DatabaseOutage, isFromPostgres } from './store/outage.ts'

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function explain(error: unknown): string {
  if (error instanceof ConfigFault) return error.message
  const { code, message } = (error instanceof DatabaseOutage ? error.cause : error) as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `${message}: another program listens there. Stop it, or change listen.port.`
  if (code === '55P03')
    return 'Another session holds a table that this version changes. Find it in pg_stat_activity, end it, and start again.'
  if (error instanceof DatabaseOutage) return explainOutage(error.cause)
  return `The server cannot start: ${message}`
}

/** What PostgreSQL answered, or what the socket, the name server or TLS said instead; none of them repeats a password. */
function explainOutage(cause: unknown): string {
  // Of a name with several addresses each has an error of its own.
  const { message } = (cause instanceof AggregateError ? cause.errors[0] : cause) as Error
  if (!isFromPostgres(cause))
    return `PostgreSQL does not answer at DATABASE_URL. Start it, or correct the address: ${message}`
  return /^(53|57)/.test(cause.code ?? '')
    ? `PostgreSQL takes no connection now: ${message}. Start again once it does.`
    : `PostgreSQL refuses the connection: ${message}. Correct DATABASE_URL.`
}

function readArguments() {
  try {
    const options = { config: { type: 'string' }, production: { type: 'boolean', default: false } } as const
    return parseArgs({ options }).values
  } catch (error) {
    return fail((error as Error).message)
  }
}

const values = readArguments()
const configPath = values.config ?? environment.configPath
if (!configPath)
  fail('Name the configuration: --config FILE, or QIAOFU_CONFIG. docs/deploy.md says what it holds.')
if (!environment.databaseUrl)
  fail('DATABASE_URL is not set: e.g. postgres://user:password@127.0.0.1:5432/qiaofu')

const log = createLog(environment.logLevel)
try {
  const config = loadConfig(configPath, { production: values.production })
  const server = await startServer({
    config,
    databaseUrl: environment.databaseUrl,
    pagesDirectory: environment.pagesDirectory,
    log,
  })
  log.info({ url: server.url }, 'ready')
  const hurry = new AbortController()
  let isStopping = false
  const stop = async () => {
    // Asked a second time: the load balancer is not waited for.
    if (isStopping) return hurry.abort()
    isStopping = true
    setTimeout(() => process.exit(1), config.stopDelayMs + limits.exitWithinMs).unref()
    await server.stop(hurry.signal)
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
} catch (error) {
  fail(explain(error))
}
