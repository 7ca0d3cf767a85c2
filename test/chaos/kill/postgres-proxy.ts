import net from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Failpoint } from './failpoints.ts'

/** A line to PostgreSQL that can be cut, and that sees what is written. */
export interface PostgresProxy {
  /** The connection string that goes through the line. */
  url: string
  /** Cuts every connection that is open now; the next ones work. */
  cut(): void
  close(): Promise<void>
}

/** Called as a failpoint passes; true: the server has just died, so nothing passes any more. */
export type OnPassing = (failpoint: Failpoint) => boolean

/** A statement of the server's own as it looks on the wire, and the deaths around the moment when it counts. */
interface Watched {
  /** All of them stand in what the server sends at once: the text and the value of a parameter. */
  marks: readonly Buffer[]
  /** It counts with its transaction's commit, or at once when it is no part of one. */
  counts: 'with the commit' | 'at once'
  before: Failpoint | null
  after: Failpoint
}

/** A parameter's value in a Bind message: its length, then the text. */
function parameter(text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(text.length)
  return Buffer.concat([length, Buffer.from(text)])
}

const watched: readonly Watched[] = [
  {
    marks: [Buffer.from('update "payments" set'), parameter('paid')],
    counts: 'with the commit',
    before: 'payment settled: before the commit',
    after: 'payment settled: committed, the server has not heard',
  },
  {
    marks: [Buffer.from('update "refunds" set'), parameter('succeeded')],
    counts: 'with the commit',
    before: 'refund settled: before the commit',
    after: 'refund settled: committed, the server has not heard',
  },
  {
    marks: [Buffer.from('insert into "notifications"')],
    counts: 'at once',
    before: null,
    after: 'notification: stored, the server has not heard',
  },
]
/** A simple query message "commit": its type, its length, the text, a zero. */
const COMMIT = Buffer.from([0x51, 0, 0, 0, 11, ...Buffer.from('commit'), 0])

/** Opens the line on a free port of the loopback address. */
export async function openPostgresProxy(databaseUrl: string, onPassing: OnPassing): Promise<PostgresProxy> {
  const target = new URL(databaseUrl)
  const open = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname)
    const watch = watchLine(onPassing)
    const end = () => {
      client.destroy()
      upstream.destroy()
      open.delete(client)
    }
    open.add(client)
    for (const socket of [client, upstream]) socket.setNoDelay(true).on('error', end).on('close', end)
    client.on('data', (bytes: Buffer) => (watch.diesSending(bytes) ? end() : upstream.write(bytes)))
    upstream.on('data', (bytes: Buffer) => (watch.diesHearing() ? end() : client.write(bytes)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const cut = () => {
    for (const client of open) client.destroy()
  }
  return {
    url: url.href,
    cut,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      cut()
      return closed
    },
  }
}

/** One connection. The server waits for an answer before it sends more, so the next bytes back are the answer. */
function watchLine(onPassing: OnPassing) {
  let inTransaction: Watched | undefined
  let isAwaited: Watched | undefined
  return {
    diesSending(bytes: Buffer): boolean {
      const seen = watched.find(({ marks }) => marks.every((mark) => bytes.includes(mark)))
      if (seen?.counts === 'with the commit') inTransaction = seen
      isAwaited = seen?.counts === 'at once' ? seen : undefined
      if (!bytes.includes(COMMIT) || !inTransaction) return false
      isAwaited = inTransaction
      inTransaction = undefined
      return isAwaited.before !== null && onPassing(isAwaited.before)
    },
    diesHearing(): boolean {
      const heard = isAwaited
      isAwaited = undefined
      return heard !== undefined && onPassing(heard.after)
    },
  }
}
