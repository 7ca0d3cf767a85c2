import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { freePort } from '../../scripts/free-port.ts'

/** One server of some version of this repository, as a process that is stopped by SIGTERM and started again. */
export interface VersionServer {
  url: string
  start(): void
  /** Asks it to stop and resolves with its exit code when it has. */
  stop(): Promise<number | string | null>
  lastWords(): string
}

export interface VersionServerOptions {
  name: string
  /** The work tree of its version. */
  repository: string
  folder: string
  databaseUrl: string
  sandboxUrl: string
  /** Where customers and WeChat reach all servers. */
  publicUrl: string
}

/** Writes its configuration with the demonstration's keys. Does not start it. */
export async function prepareServer(options: VersionServerOptions): Promise<VersionServer> {
  const folder = join(options.folder, options.name)
  mkdirSync(join(folder, 'keys'), { recursive: true })
  const url = `http://127.0.0.1:${await freePort()}`
  const config = await writeConfig(options, folder, url)
  const logFile = join(folder, 'server.log')
  let child: ReturnType<typeof spawn> | undefined
  return {
    url,
    lastWords: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n'),
    start() {
      const log = openSync(logFile, 'a')
      child = spawn(process.execPath, ['server/main.ts', '--config', config], {
        cwd: options.repository,
        env: { ...process.env, DATABASE_URL: options.databaseUrl, LOG_LEVEL: 'warn' },
        stdio: ['ignore', log, log],
      })
      closeSync(log)
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null)
        return child?.exitCode ?? child?.signalCode ?? null
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const [code, signal] = await ended
      return code ?? signal
    },
  }
}

/** As that version writes it: another one may not know its fields. The stop's delay is the default of that version. */
async function writeConfig(
  { repository, sandboxUrl, publicUrl }: VersionServerOptions,
  folder: string,
  url: string,
): Promise<string> {
  const demo = await import(pathToFileURL(join(repository, 'scripts/demo/demo-config.ts')).href)
  const file: string = await demo.writeDemoConfig(folder, { server: url, sandbox: sandboxUrl })
  const { stopDelayMs: _, ...config } = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...config, publicUrl }))
  return file
}
