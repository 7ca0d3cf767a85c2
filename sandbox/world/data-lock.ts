import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Makes this process the only one that writes to a data directory: two would compact each other's journal away. The lock
 * is a socket that somebody listens on, so a process that was killed leaves none behind, whatever its number was.
 * Returns the way to let go. Throws when another process has the directory.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // Socket paths are limited to about a hundred bytes, directories are not.
  const name = `qiaofu-sandbox-${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 24)}`
  const isWindows = process.platform === 'win32'
  const path = isWindows ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
  if (await isAnswered(path)) {
    throw new Error(
      `The data directory "${dataDir}" is in use by another sandbox: stop it, or choose another with --data.`,
    )
  }
  if (!isWindows) rmSync(path, { force: true })
  const server = createServer((socket) => socket.destroy()).unref()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
