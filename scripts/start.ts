// npm start: the demonstration. PostgreSQL, the sandbox and the server on this machine, sandbox keys, no real money.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.ts'
import { dataFolder, makeDataFolder, SetupFault } from './data-folder.ts'
import { startChild, type Child } from './demo/child.ts'
import { lockDataFolder } from './demo/clone-lock.ts'
import { operatorTokenFile, writeDemoConfig } from './demo/demo-config.ts'
import { forgetChildren, rememberChild, waitForOrphans } from './demo/orphans.ts'
import { choosePort } from './demo/ports.ts'
import { sandboxProgram } from './demo/sandbox-program.ts'
import { serverProgram } from './demo/server-program.ts'
import { watchParent } from './demo/watch-parent.ts'
import { startPostgres } from './postgres/start-postgres.ts'

/** Undone in reverse: the server finishes its requests while sandbox and database are still there. */
const running: { title: string; stop(): Promise<void> }[] = []
let isStopping = false
const folder = dataFolder()

async function stopAll(exitCode: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  for (const part of running.reverse())
    await part.stop().catch((error: Error) => console.error(`${part.title}没有正常停止：${error.message}`))
  process.exit(exitCode)
}

async function fail(error: unknown): Promise<void> {
  if (isStopping) return
  console.error(error instanceof SetupFault ? error.message : error)
  await stopAll(1)
}

function onAsked(reason: string): void {
  if (isStopping) process.exit(1)
  console.log(`\n${reason}，正在停止……`)
  void stopAll(0)
}

/** Should a part end before it is asked to, says so and ends everything. */
function endWith(part: Pick<Child, 'title' | 'ended'> & Partial<Pick<Child, 'lastWords'>>): void {
  const lastWords = () => (part.lastWords ? `${part.lastWords()}\n` : '')
  void part.ended.then(() => fail(new SetupFault(`${lastWords()}${part.title}意外退出，演示已停止。`)))
}

function keep(child: Child): Child {
  running.push(child)
  rememberChild(folder, child.program.pid)
  endWith(child)
  return child
}

/** Undone from the moment that it begins: a Ctrl-C in the middle waits for the server to be up, and stops it. */
async function startDatabase(): Promise<string> {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL
  const title = 'PostgreSQL '
  const starting = startPostgres(join(folder, 'postgres'))
  running.push({
    title,
    stop: () =>
      starting.then(
        (postgres) => postgres.stop(),
        () => undefined,
      ),
  })
  const postgres = await starting
  endWith({ title, ended: postgres.ended })
  return postgres.database('qiaofu')
}

type Folders = { logs: string; config: string }

/** The sandbox serves the built phone, and makes all its RSA keys at its first start: so beside the database. */
async function startSandbox(url: string, h5: string, { logs, config }: Folders): Promise<void> {
  await build()
  if (isStopping) return
  const place = ['--port', new URL(url).port, '--data', join(folder, 'sandbox')]
  const shop = ['--h5', h5, '--operator-token-file', operatorTokenFile(config)]
  const args = [...sandboxProgram, ...place, '--local-notify', ...shop]
  await keep(startChild('沙箱', args, join(logs, 'sandbox.log'), process.env)).answers(
    `${url}/_sandbox/merchants`,
  )
}

function printTable(server: string, sandbox: string, tokenFile: string, seconds: string): void {
  console.log(`
桥付演示已就绪（${seconds} 秒）。这里用的是沙箱密钥，不涉及真实资金。

  沙箱桌面             ${sandbox}/
  模拟手机（小程序）   ${sandbox}/phone/
  模拟手机（公众号）   ${sandbox}/phone/?entry=official
  H5 页面              ${server}/
  接口说明             ${server}/openapi.json
  沙箱控制             ${sandbox}/_sandbox/ledger
  操作员令牌           ${tokenFile}
  全部支付与退款       curl -H "Authorization: Bearer $(cat '${tokenFile}')" ${server}/api/books
  数据目录             ${folder}

按 Ctrl-C 停止；再次 npm start 会保留数据。`)
}

async function start(): Promise<void> {
  makeDataFolder(folder)
  await lockDataFolder(folder)
  await waitForOrphans(folder)
  running.push({ title: '子进程记录', stop: async () => forgetChildren(folder) })
  const server = `http://127.0.0.1:${await choosePort('PORT', 3000, 'H5 与接口')}`
  const sandbox = `http://127.0.0.1:${await choosePort('SANDBOX_PORT', 4010, '沙箱')}`
  const [logs, config] = [join(folder, 'logs'), join(folder, 'demo')]
  for (const path of [logs, config]) mkdirSync(path, { recursive: true, mode: 0o700 })

  const [databaseUrl, file] = await Promise.all([
    startDatabase(),
    startSandbox(sandbox, server, { logs, config }).then(() => writeDemoConfig(config, { server, sandbox })),
  ])
  if (isStopping) return
  const env = { ...process.env, DATABASE_URL: databaseUrl }
  const shop = keep(startChild('服务端', [...serverProgram, '--config', file], join(logs, 'server.log'), env))
  await shop.answers(`${server}/readyz`)
  if (isStopping) return
  printTable(server, sandbox, operatorTokenFile(config), (performance.now() / 1000).toFixed(1))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => onAsked('收到停止信号'))
watchParent(() => onAsked('启动它的程序已退出'))
await start().catch(fail)
