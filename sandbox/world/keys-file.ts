import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CERTIFICATE_MCHID,
  makeDemoMerchants,
  merchantRecord,
  openMerchant,
  withCertificateMerchant,
} from './merchants.ts'
import type { Merchants, MerchantsRecord } from './merchants.ts'

const path = (dataDir: string) => join(dataDir, 'keys.json')

/** Writes all keys to DIR/keys.json, readable by the owner only, replacing the file in one step. */
export function writeKeys(dataDir: string, merchants: Merchants): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const record: MerchantsRecord = {
    merchants: [...merchants.byMchid.values()].map(merchantRecord),
    apps: [...merchants.apps.values()],
  }
  writeFileSync(`${path(dataDir)}.next`, JSON.stringify(record), { mode: 0o600 })
  renameSync(`${path(dataDir)}.next`, path(dataDir))
}

/** The merchants of an earlier run, or fresh demo merchants, kept when there is a data directory. */
export async function loadMerchants(dataDir: string | undefined): Promise<Merchants> {
  if (dataDir !== undefined && existsSync(path(dataDir))) return loadKept(dataDir)
  const merchants = await makeDemoMerchants()
  if (dataDir !== undefined) writeKeys(dataDir, merchants)
  return merchants
}

/** Directories of older releases lack the merchant in certificate mode, which is added. */
async function loadKept(dataDir: string): Promise<Merchants> {
  const kept = readKeys(path(dataDir))
  if (kept.byMchid.has(CERTIFICATE_MCHID)) return kept
  const merchants = await withCertificateMerchant(kept)
  writeKeys(dataDir, merchants)
  return merchants
}

function readKeys(file: string): Merchants {
  let record: MerchantsRecord
  try {
    record = JSON.parse(readFileSync(file, 'utf8')) as MerchantsRecord
  } catch {
    throw new Error(
      `${file} is not readable; remove it to make new demo keys (the server's config must follow)`,
    )
  }
  return {
    byMchid: new Map(record.merchants.map((merchant) => [merchant.mchid, openMerchant(merchant)])),
    apps: new Map(record.apps.map((app) => [app.appid, app])),
  }
}
