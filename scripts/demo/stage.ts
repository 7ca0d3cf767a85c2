import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { startPostgres } from '../postgres/start-postgres.ts'
import { startChild, type Child } from './child.ts'
import { operatorTokenFile, writeDemoConfig } from './demo-config.ts'
import { sandboxProgram } from './sandbox-program.ts'
import { serverProgram } from './server-program.ts'

/** Database, sandbox and server, each a process of its own, all of them gone after close(). */
export type Stage = {
  server: string
  sandbox: string
  databaseUrl: string
  /** The server's configuration file. */
  config: string
  /** The server's process. */
  shop: Child
  close(): Promise<void>
}

/**
 * Sets everything up on free ports and in a temporary folder, as npm start does for good.
 * @param extra for the server: more of its environment, arguments of node before its program, and whether it goes by the
 * machine's clock instead of the sandbox's
 */
export async function openStage(
  extra: { env?: NodeJS.ProcessEnv; nodeArguments?: string[]; ownClock?: boolean } = {},
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'qiaofu-stage-'))
  chmodSync(folder, 0o711)
  const postgres = await startPostgres(join(folder, 'postgres'))
  const children: Child[] = []
  const close = async () => {
    for (const child of children.reverse()) await child.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const databaseUrl = await postgres.database('qiaofu')
    const server = `http://127.0.0.1:${await freePort()}`
    const sandbox = `http://127.0.0.1:${await freePort()}`
    const tokenFile = ['--operator-token-file', operatorTokenFile(folder)]
    const flags = ['--port', new URL(sandbox).port, '--local-notify', '--h5', server, ...tokenFile]
    const weChat = startChild('沙箱', [...sandboxProgram, ...flags], join(folder, 'sandbox.log'), process.env)
    children.push(weChat)
    await weChat.answers(`${sandbox}/_sandbox/merchants`)
    const config = await writeDemoConfig(folder, { server, sandbox })
    if (extra.ownClock) {
      const { clock: _, ...rest } = JSON.parse(readFileSync(config, 'utf8')) as Record<string, unknown>
      writeFileSync(config, JSON.stringify(rest))
    }
    const env = { ...process.env, DATABASE_URL: databaseUrl, ...extra.env }
    const args = [...(extra.nodeArguments ?? []), ...serverProgram, '--config', config]
    const shop = startChild('服务端', args, join(folder, 'server.log'), env)
    children.push(shop)
    await shop.answers(`${server}/readyz`)
    return { server, sandbox, databaseUrl, config, shop, close }
  } catch (error) {
    await close()
    throw error
  }
}
