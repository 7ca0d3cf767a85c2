import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../scripts/free-port.ts'
import type { Config } from '../../server/config/load-config.ts'
import { createLog } from '../../server/shared/log.ts'
import { startServer, type RunningServer, type ServerOptions } from '../../server/start-server.ts'
import { createTestDatabase } from './postgres.ts'
import { openSandbox, type SandboxClient } from './sandbox-client.ts'

export const mchid = '1900000001'
/** A machine that stands still for seconds is not a WeChat that does not answer. */
const patient = { connectMs: 60_000, totalMs: 60_000 }
const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** Our server, a sandbox for its WeChat, and a database of its own: everything real, on free ports. */
export interface Shop {
  url: string
  sandbox: SandboxClient
  server: RunningServer
  config: Config
  databaseUrl: string
  /** Everything the server logged, as JSON lines. */
  logLines: string[]
  /** Bearer token of the operator Lin. */
  operatorToken: string
  appids: Record<'official-account' | 'mini-program', string>
  /** Moves the one business clock of server and sandbox. */
  advance(ms: number): Promise<void>
  /** Stops the server and starts it again on the same rows. Its address stays. */
  restart(change?: (config: Config) => Config): Promise<void>
  close(): Promise<void>
}

/** How a shop may differ from the plain one. */
export interface ShopOptions {
  /** With the built phone and pages, for a browser. */
  phone?: boolean
  /** Where the sandbox finds an operator's token, see its option of that name. */
  operatorTokenFile?: string
  /** Believes one proxy about where a request comes from. */
  behindProxy?: boolean
  /** Instead of a test file's own. */
  database?: { url: string; drop(): Promise<void> }
  /** How the server differs: with a clock of the caller's own, the caller moves the sandbox's with it. */
  server?: Pick<ServerOptions, 'clock' | 'isHandWound' | 'timeouts'>
  /** Puts something between server and sandbox; where each finds the other from then on. */
  between?(server: string, sandbox: SandboxClient): Promise<{ wechatUrl: string; serverUrl: string }>
}

/** Opens a shop. */
export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const database = options.database ?? (await createTestDatabase())
  const sandbox = await openSandbox({
    h5Url: url,
    ...(options.operatorTokenFile !== undefined && { operatorTokenFile: options.operatorTokenFile }),
    ...(options.phone ? { phoneDir: pathOf('../../dist/phone'), deskDir: pathOf('../../dist/desk') } : {}),
  })
  let offsetMs = 0
  const clock = options.server?.clock ?? { now: () => new Date(Date.now() + offsetMs) }
  const logLines: string[] = []
  const log = createLog('info', { write: (line) => void logLines.push(line) })
  const between = await options.between?.(url, sandbox)
  const config = configOf(sandbox, await alipayApp(sandbox), url, port)
  // Phones browse through the sandbox's proxy, which tells their address.
  config.trustedProxies = options.phone || options.behindProxy ? 1 : 0
  if (between) {
    config.publicUrl = between.serverUrl
    config.hosts.wechatpay = [between.wechatUrl]
  }
  const start = (with_: Config) =>
    startServer({
      config: with_,
      databaseUrl: database.url,
      pagesDirectory: pathOf('../../dist/h5'),
      log,
      timeouts: patient,
      ...options.server,
      clock,
    })
  const shop: Shop = {
    url,
    sandbox,
    server: await start(config),
    config,
    databaseUrl: database.url,
    logLines,
    operatorToken: config.operators[0]!.token,
    appids: {
      'official-account': config.entries[0]!.appid,
      'mini-program': config.entries[1]!.appid,
    },
    async advance(ms) {
      await sandbox.control('/clock', { advanceMs: ms })
      offsetMs += ms
    },
    async restart(change = (same) => same) {
      await shop.server.stop()
      shop.config = change(shop.config)
      shop.server = await start(shop.config)
    },
    async close() {
      await shop.server.stop()
      await sandbox.close()
      await database.drop()
    },
  }
  return shop
}

async function alipayApp(sandbox: SandboxClient): Promise<Config['alipayApps'][number]> {
  const [{ appId, sellerId, appPrivateKeyPem, alipayPublicKeyPem }] = (await sandbox.control('/alipay')).body
    .apps
  return { appId, sellerId, privateKeyPem: appPrivateKeyPem, alipayPublicKeyPem }
}

function configOf(
  sandbox: SandboxClient,
  alipay: Config['alipayApps'][number],
  url: string,
  port: number,
): Config {
  const merchant = sandbox.merchant(mchid)
  const entry = (code: string, kind: 'official-account' | 'mini-program') => {
    const app = merchant.appids.find((candidate) => candidate.kind === kind)!
    const identity = {
      appid: app.appid,
      customerAppid: app.appid,
      appsecret: app.appsecret,
      subMchid: null,
      subAppid: null,
    }
    return { code, kind, channel: 'wechatpay', mchid, mode: 'merchant', ...identity } as const
  }
  const browserEntry = (code: string, kind: 'mobile-browser' | 'pc-browser') => ({
    ...entry(code, 'official-account'),
    kind,
    appsecret: null,
  })
  return {
    publicUrl: url,
    listen: { host: '127.0.0.1', port },
    stopDelayMs: 0,
    trustedProxies: 0,
    contentSecurity: {},
    clock: { kind: 'system' },
    hosts: { wechatpay: [sandbox.url], platform: sandbox.url, oauth: sandbox.url, alipay: sandbox.url },
    cataloguePath: pathOf('../../server/catalog/example-catalogue.json'),
    shippingFields: [],
    shop: {
      contactUrl: null,
      contactPhone: null,
      contactInMiniProgram: false,
      termsUrl: null,
      privacyUrl: null,
      licenceUrl: null,
    },
    merchants: [
      {
        mchid,
        mode: 'merchant',
        apiV3Key: merchant.apiV3Key,
        certificates: [{ serialNo: merchant.serialNo, privateKeyPem: merchant.privateKeyPem }],
        publicKeys: [{ id: merchant.publicKeyId, publicKeyPem: merchant.publicKeyPem }],
        platformCertificates: [
          { serialNo: merchant.platformSerialNo, certificatePem: merchant.platformCertificatePem },
        ],
      },
    ],
    alipayApps: [alipay],
    operators: [{ name: 'Lin', token: randomBytes(32).toString('hex') }],
    subscribers: [],
    warnings: [],
    entries: [
      entry('01', 'official-account'),
      entry('02', 'mini-program'),
      browserEntry('03', 'mobile-browser'),
      browserEntry('04', 'pc-browser'),
      {
        code: '06',
        kind: 'alipay',
        channel: 'alipay',
        mchid: alipay.sellerId,
        mode: 'merchant',
        appid: alipay.appId,
        customerAppid: alipay.appId,
        appsecret: null,
        subMchid: null,
        subAppid: null,
      },
    ],
  }
}
