import type { PostgresPool, PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { limits } from '../config/limits.ts'
import { DatabaseOutage, isConnectionUseless, isFromPostgres } from './outage.ts'
import type { Pulse } from './pulse.ts'

/** How long a statement may take. The limits hold behind a pooler too: they travel with each transaction. */
export interface Patience {
  /** A lock that another transaction holds is waited for this long (55P03). */
  lockMs: number
  /** PostgreSQL ends a statement after this (57014). */
  statementMs: number
  /** No answer for so long means that the connection is dead: it is dropped. Longer than the other two, unless `asksAgain`. */
  answerMs: number
  /** Statements may take longer than `answerMs`: the connection is dropped only when PostgreSQL takes no new one either. */
  asksAgain?: true
}

export interface ConnectionOptions {
  /** One address a host, tried in this order. */
  urls: readonly string[]
  count: number
  patience: Patience
  pulse: Pulse
  types: pg.CustomTypesConfig
}

/** When each connection last answered, by performance.now(). */
type Answered = WeakMap<pg.PoolClient, number>

/**
 * The connections of a Kysely dialect. A connection that goes silent, breaks, or turns out to be read-only is dropped, and so
 * are the idle ones that have not answered since: the next query opens a new one, at the next host if there are several.
 * Every failure to reach PostgreSQL is thrown as a DatabaseOutage.
 */
export function openConnections({ urls, count, patience, pulse, types }: ConnectionOptions): PostgresPool {
  const pool = openPool(urls[0]!, count, types)
  const answered: Answered = new WeakMap()
  /** Connections that answered last before this moment are not used again. */
  let suspectBefore = 0
  const hearing: Hearing = {
    asked: () => pulse.asked(),
    answered(client) {
      answered.set(client, performance.now())
      pulse.answered()
    },
    suspect: (at) => void (suspectBefore = Math.max(suspectBefore, at)),
  }

  /** An idle connection that is not suspect, or a new one to the host that is in turn. */
  async function takeOne(): Promise<PostgresPoolClient> {
    for (;;) {
      const client = await pool.connect()
      const lastAnswer = answered.get(client)
      if (lastAnswer !== undefined && lastAnswer <= suspectBefore) {
        drop(client)
        continue
      }
      const url = pool.options.connectionString as string
      const connection = guard(client, patience, hearing, () => isThere(url))
      if (lastAnswer !== undefined || urls.length === 1) return connection
      try {
        await refuseReadOnly(connection)
        return connection
      } catch (error) {
        drop(client)
        throw error
      }
    }
  }

  return {
    async connect() {
      pulse.asked()
      for (let tries = 1; ; tries += 1) {
        const url = pool.options.connectionString as string
        try {
          return await takeOne()
        } catch (error) {
          if (isFromPostgres(error)) pulse.answered()
          const isQueueFull = (error as Error).message === QUEUE_TIMED_OUT
          // All callers share the current host: the first that fails at it switches to the next one.
          if (!isQueueFull && pool.options.connectionString === url)
            pool.options.connectionString = urls[(urls.indexOf(url) + 1) % urls.length]
          if (isQueueFull || tries >= urls.length) throw new DatabaseOutage(error)
        }
      }
    },
    end: () => pool.end(),
    options: {},
  }
}

/** pg-pool's words for a caller that waited for a free connection in vain. */
const QUEUE_TIMED_OUT = 'timeout exceeded when trying to connect'

/** A client with a time-out of its own: that of the pool is for waiting in its queue as well. */
class Client extends pg.Client {
  constructor(config: pg.ClientConfig = {}) {
    super({ ...config, connectionTimeoutMillis: limits.databaseConnectMs })
  }
}

function openPool(connectionString: string, max: number, types: pg.CustomTypesConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    Client,
    connectionTimeoutMillis: limits.databaseQueueMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: limits.databaseKeepAliveMs,
    pipeline: true,
    types,
  })
  // Without a listener the error of a broken connection ends the process. Its query fails, and the pool removes it.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** What is noted about the connections' answers. */
interface Hearing {
  asked(): void
  answered(client: pg.PoolClient): void
  /** Connections that answered last before this moment may be useless too. */
  suspect(before: number): void
}

/** A client whose statements carry their limits, and which the pool does not get back once it is useless. */
function guard(
  client: pg.PoolClient,
  patience: Patience,
  hearing: Hearing,
  isServerThere: () => Promise<boolean>,
): PostgresPoolClient {
  let isUseless = false
  const query = async (text: string, parameters: readonly unknown[] = []): Promise<pg.QueryResult> => {
    hearing.asked()
    const stopWatching = watch(client, patience, hearing, isServerThere)
    try {
      const result = await send(client, limitsOf(patience), text, [...parameters])
      hearing.answered(client)
      return result
    } catch (error) {
      if (isFromPostgres(error)) hearing.answered(client)
      const isGone = !isFromPostgres(error) && isBroken(client, error)
      isUseless ||= isGone || isConnectionUseless(error)
      // What one connection leads to, e.g. a host that is a standby now, the idle ones lead to as well.
      if (isUseless) hearing.suspect(performance.now())
      throw isGone ? new DatabaseOutage(error) : error
    } finally {
      stopWatching()
    }
  }
  return { query, release: () => client.release(isUseless) } as unknown as PostgresPoolClient
}

/** Breaks the connection when no answer comes in time; the query on it fails with that. Returns what ends the watch. */
function watch(
  client: pg.PoolClient,
  { answerMs, asksAgain }: Patience,
  hearing: Hearing,
  isServerThere: () => Promise<boolean>,
): () => void {
  const askedAt = performance.now()
  let isOver = false
  const giveUp = async () => {
    if (isOver) return
    const isBusy = asksAgain === true && (await isServerThere())
    // The answer may have come meanwhile.
    if (isOver) return
    if (isBusy) return arm()
    hearing.suspect(askedAt)
    client.connection.stream.destroy(new Error(`PostgreSQL did not answer within ${answerMs / 1_000} s`))
  }
  let timer: NodeJS.Timeout
  // After a pause of this process the answer may lie in the socket: it is read before the immediate.
  const arm = () => void (timer = setTimeout(() => setImmediate(() => void giveUp()), answerMs))
  arm()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** Whether PostgreSQL, or the pooler before it, answers a new connection. A refusal of its own is an answer. */
async function isThere(connectionString: string): Promise<boolean> {
  const probe = new Client({ connectionString })
  probe.on('error', () => {})
  try {
    await probe.connect()
    return true
  } catch (error) {
    return isFromPostgres(error)
  } finally {
    probe.connection.stream.destroy()
  }
}

/** Whether the connection is the reason, and not, for instance, a value that does not fit. */
const isBroken = (client: pg.PoolClient, error: unknown): boolean =>
  client.connection.stream.destroyed || /not queryable|Connection terminated/.test((error as Error).message)

const limitsOf = ({ lockMs, statementMs }: Patience): string =>
  [
    `set local lock_timeout = ${lockMs}`,
    `set local statement_timeout = ${statementMs}`,
    `set local idle_in_transaction_session_timeout = ${limits.transactionPauseMs}`,
  ].join('; ')

/** PostgreSQL refuses these inside a transaction. They block no other statement, and wait for those that began before. */
const OUTSIDE_A_TRANSACTION = /^(create (unique )?index|drop index) concurrently /

/** A transaction begins with its limits; a single statement is sent as a transaction of its own, in one round trip. */
async function send(
  client: pg.PoolClient,
  setLimits: string,
  text: string,
  parameters: unknown[],
): Promise<pg.QueryResult> {
  const isAlone = OUTSIDE_A_TRANSACTION.test(text)
  if (isAlone || client.getTransactionStatus() !== 'I') return client.query(text, parameters)
  if (/^(begin|start transaction)/.test(text)) return client.query(`${text}; ${setLimits}`)
  const { stream } = client.connection
  stream.cork()
  const sent = [
    client.query(`begin; ${setLimits}`),
    client.query(text, parameters),
    client.query('commit'),
  ] as const
  stream.uncork()
  // All three are waited for: a connection with answers under way is of no use to the next caller.
  const [, answer, committed] = await Promise.allSettled(sent)
  if (answer.status === 'rejected') throw answer.reason
  if (committed.status === 'rejected') throw committed.reason
  return answer.value
}

/** Throws at a standby: where DATABASE_URL has several hosts, only the one that takes writes is used. */
async function refuseReadOnly(connection: PostgresPoolClient): Promise<void> {
  const { rows } = await connection.query<{ transaction_read_only: string }>('show transaction_read_only', [])
  if (rows[0]?.transaction_read_only === 'on') throw new Error('No host of DATABASE_URL takes writes.')
}

/** Ends a connection without a goodbye, which a silent one would wait to send. */
function drop(client: pg.PoolClient): void {
  client.connection.stream.destroy()
  client.release(true)
}
