import net from 'node:net'
import type { AddressInfo } from 'node:net'

/** A line to PostgreSQL that can be cut, and that sees commits pass. */
export interface PostgresProxy {
  /** The connection string that goes through the line. */
  url: string
  /** Cuts every connection that is open now; the next ones work. */
  cut(): void
  close(): Promise<void>
}

/** Called as a commit of a settlement passes; true: the server has just died, so nothing passes any more. */
export type OnCommit = (moment: 'before' | 'after') => boolean

/** How the server's own statements look on the wire: a settlement writes a payment's state and its history at once. */
const SETTLES = Buffer.from('update "payments" set')
/** A simple query message "commit": its type, its length, the text, a zero. */
const COMMIT = Buffer.from([0x51, 0, 0, 0, 11, ...Buffer.from('commit'), 0])

/** Opens the line on a free port of the loopback address. */
export async function openPostgresProxy(databaseUrl: string, onCommit: OnCommit): Promise<PostgresProxy> {
  const target = new URL(databaseUrl)
  const open = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname)
    let settles = false
    let awaitsCommit = false
    const end = () => {
      client.destroy()
      upstream.destroy()
      open.delete(client)
    }
    open.add(client)
    for (const socket of [client, upstream]) socket.setNoDelay(true).on('error', end).on('close', end)
    client.on('data', (bytes: Buffer) => {
      settles ||= bytes.includes(SETTLES)
      if (bytes.includes(COMMIT)) {
        if (settles && onCommit('before')) return end()
        awaitsCommit = settles
        settles = false
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes: Buffer) => {
      const dies = awaitsCommit && onCommit('after')
      awaitsCommit = false
      if (dies) end()
      else client.write(bytes)
    })
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
