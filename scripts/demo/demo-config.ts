import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository, SetupFault } from '../data-folder.ts'

/** What GET /_sandbox/merchants tells of a merchant, as far as a configuration needs it. */
type SandboxMerchant = {
  mchid: string
  name: string
  serialNo: string
  privateKeyPem: string
  apiV3Key: string
  appids: { appid: string; appsecret: string; kind: string }[]
  publicKeyId: string
  publicKeyPem: string
  platformSerialNo: string
  platformCertificatePem: string
}

/** What GET /_sandbox/alipay tells of an app. */
type SandboxAlipayApp = {
  appId: string
  name: string
  sellerId: string
  appPrivateKeyPem: string
  alipayPublicKeyPem: string
}

const DEMO_MCHID = '1900000001'

/** Where the demonstration's operator finds the token, in the folder of its configuration. */
export const operatorTokenFile = (folder: string) => join(folder, 'keys/operator-token')

/**
 * Writes the server's configuration for the demonstration, and each key into a file that only its owner can read.
 * It is written anew at every start: the sandbox's keys are the truth; the operator's token alone stays what it was.
 * Returns the path of the configuration file.
 */
export async function writeDemoConfig(
  folder: string,
  address: { server: string; sandbox: string },
): Promise<string> {
  const merchant = await askForDemoMerchant(address.sandbox)
  const alipay = await askForAlipayApp(address.sandbox)
  mkdirSync(join(folder, 'keys'), { recursive: true, mode: 0o700 })
  const secret = (name: string, text: string) => {
    writeFileSync(join(folder, 'keys', name), text, { mode: 0o600 })
    return { file: `keys/${name}` }
  }
  const entry = (code: string, kind: string) => {
    const app = merchant.appids.find((candidate) => candidate.kind === kind)
    if (!app)
      throw new SetupFault(`沙箱的商户 ${DEMO_MCHID} 没有类型为 ${kind} 的应用：请删除数据目录后再试。`)
    const appsecret = secret(`appsecret-${code}`, app.appsecret)
    return { code, kind, merchant: merchant.mchid, channel: 'wechatpay', appid: app.appid, appsecret }
  }
  if (!existsSync(operatorTokenFile(folder))) secret('operator-token', `${randomBytes(32).toString('hex')}\n`)
  // Nobody signs in there; the official account's appid collects.
  const browserEntry = (code: string, kind: string) => {
    const { appsecret: _, ...row } = { ...entry('01', 'official-account'), code, kind }
    return row
  }
  const config = {
    publicUrl: address.server,
    listen: { host: '127.0.0.1', port: Number(new URL(address.server).port) },
    // No load balancer stands in front of it.
    stopDelayMs: 0,
    // The phones browse through the sandbox's proxy, which tells each one's address.
    trustedProxies: 1,
    clock: { kind: 'remote', url: `${address.sandbox}/_sandbox/clock` },
    hosts: {
      wechatpay: [address.sandbox],
      platform: address.sandbox,
      oauth: address.sandbox,
      alipay: address.sandbox,
    },
    catalogue: join(repository, 'server/catalog/example-catalogue.json'),
    merchants: [merchantRow(merchant, secret)],
    alipayApps: [alipayRow(alipay, secret)],
    operators: [{ name: '演示操作员', token: { file: 'keys/operator-token' } }],
    entries: [
      entry('01', 'official-account'),
      entry('02', 'mini-program'),
      browserEntry('03', 'mobile-browser'),
      browserEntry('04', 'pc-browser'),
      { code: '06', kind: 'alipay', channel: 'alipay', app: alipay.appId },
    ],
  }
  const file = join(folder, 'config.json')
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`)
  return file
}

/** Keeps a secret in a file of its own and says how the configuration refers to it. */
type KeepSecret = (name: string, text: string) => { file: string }

function merchantRow(merchant: SandboxMerchant, secret: KeepSecret): object {
  return {
    mchid: merchant.mchid,
    name: merchant.name,
    mode: 'merchant',
    demo: true,
    apiV3Key: secret('api-v3-key', merchant.apiV3Key),
    certificates: [
      { serialNo: merchant.serialNo, privateKey: secret('merchant-key.pem', merchant.privateKeyPem) },
    ],
    publicKeys: [
      { id: merchant.publicKeyId, key: secret('wechatpay-public-key.pem', merchant.publicKeyPem) },
    ],
    platformCertificates: [
      {
        serialNo: merchant.platformSerialNo,
        certificate: secret('platform-certificate.pem', merchant.platformCertificatePem),
      },
    ],
  }
}

function alipayRow(alipay: SandboxAlipayApp, secret: KeepSecret): object {
  return {
    appId: alipay.appId,
    sellerId: alipay.sellerId,
    name: alipay.name,
    demo: true,
    privateKey: secret('alipay-app-key.pem', alipay.appPrivateKeyPem),
    alipayPublicKey: secret('alipay-public-key.pem', alipay.alipayPublicKeyPem),
  }
}

async function askForDemoMerchant(sandbox: string): Promise<SandboxMerchant> {
  const answer = await fetch(`${sandbox}/_sandbox/merchants`)
  const { merchants } = (await answer.json()) as { merchants: SandboxMerchant[] }
  const merchant = merchants.find((candidate) => candidate.mchid === DEMO_MCHID)
  if (!merchant) throw new SetupFault(`沙箱里没有演示商户 ${DEMO_MCHID}：请删除数据目录后再试。`)
  return merchant
}

async function askForAlipayApp(sandbox: string): Promise<SandboxAlipayApp> {
  const answer = await fetch(`${sandbox}/_sandbox/alipay`)
  const { apps } = (await answer.json()) as { apps: SandboxAlipayApp[] }
  const [app] = apps
  if (!app) throw new SetupFault('沙箱里没有支付宝的演示应用：请删除数据目录后再试。')
  return app
}
