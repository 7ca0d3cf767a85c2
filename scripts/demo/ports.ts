import { createServer } from 'node:net'
import { SetupFault } from '../data-folder.ts'

/** The port that an environment variable names, or the usual one. Throws SetupFault when it is no port or is taken. */
export async function choosePort(variable: string, usual: number, title: string): Promise<number> {
  const text = process.env[variable]
  const port = text ? Number(text) : usual
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new SetupFault(`环境变量 ${variable} 应是 1 到 65535 的端口号，实际是“${text}”。`)
  const code = await tryToListen(port)
  if (code === 'EACCES')
    throw new SetupFault(
      `没有权限使用端口 ${port}（${title}）：请用环境变量 ${variable} 换一个 1024 以上的端口。`,
    )
  if (code)
    throw new SetupFault(
      `端口 ${port}（${title}）已被占用：请停止占用它的程序，或换一个端口，例如 ${variable}=${port + 100} npm start。`,
    )
  return port
}

function tryToListen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)))
  })
}
