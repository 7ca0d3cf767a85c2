import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SetupFault } from '../data-folder.ts'

/**
 * Keeps a second demonstration off one data folder for as long as this process lives, and not a moment longer:
 * a socket that somebody answers on, unlike a file with a number in it, cannot outlive its process.
 * Throws SetupFault when another one holds it.
 */
export async function lockDataFolder(folder: string): Promise<Server> {
  const name = `qiaofu-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
  const lock = await listen(path)
  if (lock) return lock
  const holder = await ask(path)
  if (!holder) {
    rmSync(path, { force: true })
    const second = await listen(path)
    if (second) return second
  }
  throw new SetupFault(
    `这份代码的演示已经在运行（进程 ${holder ?? '未知'}，数据目录 ${folder}）：请先停止它，或用环境变量 QIAOFU_DATA、PORT、SANDBOX_PORT 另开一份。`,
  )
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end(String(process.pid)))
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(path, () => {
      process.once('exit', () => rmSync(path, { force: true }))
      resolve(server.unref())
    })
  })
}

/** The holder's process id, or undefined when nobody answers: the socket was left by a process that was killed. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(path)
    socket.on('data', (chunk) => (answer += chunk))
    socket.once('error', () => resolve(undefined))
    socket.once('end', () => resolve(answer))
  })
}
