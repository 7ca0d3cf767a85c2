import net, { type AddressInfo } from 'node:net'

/** A TCP line to PostgreSQL that a test can break. */
export interface PostgresLine {
  /** The connection string that goes through the line. */
  url: string
  /** From now on no byte passes and no connection ends: what is open stays silent for good, and so does what is opened. */
  silence(): void
  /** From now on every connection is reset, as at a host where PostgreSQL does not run. */
  refuse(): void
  /** Connections that are opened from now on work. */
  resume(): void
  /** Resets every connection that is open now; the next ones work. */
  cut(): void
  close(): Promise<void>
}

/** Sees what passes on one connection; true resets the connection instead of passing it on. */
export interface LineWatch {
  sending(bytes: Buffer): boolean
  hearing(bytes: Buffer): boolean
}

/** Opens a line to the host of a connection string, on a free port of the loopback address. */
export async function openPostgresLine(databaseUrl: string, watch?: () => LineWatch): Promise<PostgresLine> {
  const target = new URL(databaseUrl)
  const open = new Set<net.Socket>()
  let mode: 'passing' | 'silent' | 'refusing' = 'passing'
  let silenceCount = 0
  const server = net.createServer((client) => {
    open.add(client)
    client.on('error', () => client.destroy()).on('close', () => open.delete(client))
    if (mode === 'refusing') return void client.resetAndDestroy()
    if (mode === 'silent') return void client.pause()
    const openedAt = silenceCount
    const upstream = net.connect(Number(target.port), target.hostname)
    const seen = watch?.()
    const end = () => {
      // A silent line does not tell one side that the other has gone.
      if (silenceCount === openedAt) client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.setNoDelay(true).on('error', end).on('close', end)
    const pass = (to: net.Socket, bytes: Buffer, isReset?: boolean) => {
      if (silenceCount !== openedAt) return
      if (isReset) end()
      else to.write(bytes)
    }
    client.on('data', (bytes: Buffer) => pass(upstream, bytes, seen?.sending(bytes)))
    upstream.on('data', (bytes: Buffer) => pass(client, bytes, seen?.hearing(bytes)))
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
    silence() {
      mode = 'silent'
      silenceCount += 1
    },
    refuse() {
      mode = 'refusing'
      cut()
    },
    resume: () => void (mode = 'passing'),
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      cut()
      return closed
    },
  }
}
