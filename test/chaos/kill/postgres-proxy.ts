import { openPostgresLine, type LineWatch, type PostgresLine } from '../../support/postgres-line.ts'
import type { Failpoint } from './failpoints.ts'

/** Called as a failpoint passes; true: the server has just died, so nothing passes any more. */
export type OnPassing = (failpoint: Failpoint) => boolean

/** A statement of the server's own as it looks on the wire, and the deaths around the moment when it counts. */
interface Watched {
  /** All of them stand in what the server sends at once: the text and the value of a parameter. */
  marks: readonly Buffer[]
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
    before: 'payment settled: before the commit',
    after: 'payment settled: committed, the server has not heard',
  },
  {
    marks: [Buffer.from('update "refunds" set'), parameter('succeeded')],
    before: 'refund settled: before the commit',
    after: 'refund settled: committed, the server has not heard',
  },
  {
    marks: [Buffer.from('insert into "notifications"')],
    before: null,
    after: 'notification: stored, the server has not heard',
  },
]
/** A simple query message "commit": its type, its length, the text, a zero. */
const COMMIT = Buffer.from([0x51, 0, 0, 0, 11, ...Buffer.from('commit'), 0])

/** A CommandComplete message of a commit: what was written counts from here on. */
const COMMITTED = Buffer.from('COMMIT\0')

/** Opens the line on a free port of the loopback address. */
export const openPostgresProxy = (databaseUrl: string, onPassing: OnPassing): Promise<PostgresLine> =>
  openPostgresLine(databaseUrl, () => watchFailpoints(onPassing))

/** One connection. What is no part of a transaction is sent together with a begin and a commit of its own. */
function watchFailpoints(onPassing: OnPassing): LineWatch {
  let inTransaction: Watched | undefined
  let isAwaited: Watched | undefined
  return {
    sending(bytes) {
      const seen = watched.find(({ marks }) => marks.every((mark) => bytes.includes(mark)))
      if (seen) inTransaction = seen
      if (!bytes.includes(COMMIT) || !inTransaction) return false
      isAwaited = inTransaction
      inTransaction = undefined
      return isAwaited.before !== null && onPassing(isAwaited.before)
    },
    hearing(bytes) {
      if (!isAwaited || !bytes.includes(COMMITTED)) return false
      const heard = isAwaited
      isAwaited = undefined
      return onPassing(heard.after)
    },
  }
}
