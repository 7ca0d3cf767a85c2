import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeSandboxKey } from './sandbox-key.ts'

/** An app of Alipay's open platform as it is kept: texts only. */
export interface AlipayAppRecord {
  appId: string
  name: string
  /** The account that gets the money, 2088 and twelve digits: PID, seller_id. */
  sellerId: string
  /** The merchant's own key, PKCS #8. Real ones are made by the merchant and never seen by Alipay. */
  appPrivateKeyPem: string
  /** Alipay's side of the key that signs for this app. */
  alipayPrivateKeyPem: string
}

/** An app with its keys parsed once. */
export interface AlipayApp extends AlipayAppRecord {
  /** Verifies what the merchant signed. */
  verifyKey: KeyObject
  /** Signs for Alipay. */
  signingKey: KeyObject
  /** What the merchant verifies Alipay with. */
  alipayPublicKeyPem: string
}

/** By app_id. */
export type AlipayApps = ReadonlyMap<string, AlipayApp>

function openApp(record: AlipayAppRecord): AlipayApp {
  const signingKey = createPrivateKey(record.alipayPrivateKeyPem)
  return {
    ...record,
    verifyKey: createPublicKey(record.appPrivateKeyPem),
    signingKey,
    alipayPublicKeyPem: createPublicKey(signingKey).export({ type: 'spki', format: 'pem' }) as string,
  }
}

async function makeDemoApp(): Promise<AlipayAppRecord> {
  const pem = async () => (await makeSandboxKey()).export({ type: 'pkcs8', format: 'pem' }) as string
  const [appPrivateKeyPem, alipayPrivateKeyPem] = await Promise.all([pem(), pem()])
  return {
    appId: '2021000000000001',
    name: '桥付小店',
    sellerId: '2088000000000001',
    appPrivateKeyPem,
    alipayPrivateKeyPem,
  }
}

/** The app of an earlier run, from DIR/alipay-keys.json, or a fresh one, kept when there is a data directory. */
export async function loadAlipayApps(dataDir: string | undefined): Promise<AlipayApps> {
  const file = dataDir === undefined ? null : join(dataDir, 'alipay-keys.json')
  const records = file !== null && existsSync(file) ? readRecords(file) : [await makeDemoApp()]
  if (file !== null && !existsSync(file)) {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.next`, JSON.stringify(records), { mode: 0o600 })
    renameSync(`${file}.next`, file)
  }
  return new Map(records.map((record) => [record.appId, openApp(record)]))
}

function readRecords(file: string): AlipayAppRecord[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as AlipayAppRecord[]
  } catch {
    throw new Error(
      `${file} is not readable; remove it to make new demo keys (the server's config must follow)`,
    )
  }
}
