import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '../sandbox.ts'
import type { Sandbox, SandboxOptions } from '../sandbox.ts'
import { isLoopbackHost } from '../world/loopback.ts'
import { Failed, Misused, webAddress } from './misused.ts'

/** The flags of a start, as given. */
export interface StartFlags {
  port: string
  host: string
  data?: string | undefined
  'local-notify': boolean
  h5?: string | undefined
  'operator-token-file'?: string | undefined
}

/** Starts the sandbox and leaves it running until SIGINT or SIGTERM. Throws Misused and Failed. */
export async function start(flags: StartFlags): Promise<void> {
  const options = optionsOf(flags)
  warnExposure(options)
  const sandbox = await startSandbox(options).catch((error: unknown) => {
    throw new Failed(explain(error, options))
  })
  const stop = () => void sandbox.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  announce(sandbox, options)
}

function optionsOf(flags: StartFlags): SandboxOptions {
  if (!/^\d{1,5}$/.test(flags.port) || Number(flags.port) > 65_535) {
    throw new Misused(`--port must be a number from 0 to 65535, not "${flags.port}".`)
  }
  const phoneDir = join(import.meta.dirname, '../../dist/phone')
  // Looked for at each visit: it may be built while the sandbox runs.
  const deskDir = join(import.meta.dirname, '../../dist/desk')
  const tokenFile = flags['operator-token-file']
  if (tokenFile !== undefined && flags.h5 === undefined) {
    throw new Misused('--operator-token-file is for the server of --h5: name that too.')
  }
  return {
    port: Number(flags.port),
    host: flags.host,
    localNotify: flags['local-notify'],
    ...(flags.data !== undefined && { dataDir: flags.data }),
    ...(flags.h5 !== undefined && { h5Url: webAddress('--h5', flags.h5) }),
    ...(tokenFile !== undefined && { operatorTokenFile: tokenFile }),
    deskDir,
    ...(existsSync(phoneDir) && { phoneDir }),
  }
}

/** One sentence for what people can mend themselves. */
function explain(error: unknown, { port, host, dataDir }: SandboxOptions): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken: stop what listens there, or choose another with --port.`
  if (code === 'EACCES' && (error as NodeJS.ErrnoException).syscall === 'listen') {
    return `Port ${port} needs more rights: choose one above 1023 with --port.`
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `This machine has no address "${host}": see --host.`
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST' || code === 'EPERM') {
    return `The data directory "${dataDir}" cannot be written: choose another with --data.`
  }
  return message
}

/** Said before anything listens, so that nobody opens the door without knowing. */
function warnExposure({ host = '127.0.0.1' }: SandboxOptions): void {
  if (isLoopbackHost(host)) return
  process.stderr.write(
    `Warning: listening on ${host}. Whoever reaches this port can read the demo keys, act as any user and move the clock.\n`,
  )
}

/** Columns on a terminal: Chinese characters take two. */
const columns = (text: string) => [...text].reduce((sum, one) => sum + (one.charCodeAt(0) > 0xff ? 2 : 1), 0)

function announce(sandbox: Sandbox, options: SandboxOptions): void {
  const rows: [string, string][] = [
    ['桌面 desk', `${sandbox.url}/`],
    ['手机 phone', `${sandbox.url}/phone/`],
    ['微信支付 APIv3', `${sandbox.url}/v3/`],
    ['登录 login', `${sandbox.url}/sns/ · /cgi-bin/ · /connect/oauth2/authorize`],
    ['控制 control', `${sandbox.url}/_sandbox/`],
    ['密钥 keys', `${sandbox.url}/_sandbox/merchants`],
    ['数据 data', options.dataDir ?? 'in memory'],
  ]
  for (const [label, address] of rows) {
    process.stdout.write(`${label}${' '.repeat(16 - columns(label))}${address}\n`)
  }
}
