import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiV3Key, ours, wechatKey } from './wechatpay-peer.ts'

/** A configuration file as JSON. Tests spoil it in every place, so that no shape holds. */
// oxlint-disable-next-line no-explicit-any
export type ConfigText = Record<string, any>

export const appsecret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'

/** A folder with a configuration that real money accepts, and the files it refers to. */
export interface ConfigFolder {
  /** Writes the configuration, spoilt by `change`, and returns its path. */
  write(change?: (config: ConfigText) => void): string
  /** Writes another file beside it. */
  put(name: string, text: string): void
  remove(): void
}

/** Makes the folder; the test removes it. */
export function openConfigFolder(): ConfigFolder {
  const folder = mkdtempSync(join(tmpdir(), 'qiaofu-config-'))
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 })
  put('api-v3-key', `${apiV3Key}\n`)
  put('apiclient_key.pem', ours.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
  put('pub_key.pem', wechatKey.publicKey.export({ type: 'spki', format: 'pem' }) as string)
  put('appsecret', appsecret)
  return {
    put,
    write(change = () => undefined) {
      const config = goodConfig()
      change(config)
      const path = join(folder, 'qiaofu.json')
      writeFileSync(path, JSON.stringify(config))
      return path
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function goodConfig(): ConfigText {
  const entry = (code: string, kind: string, appid: string) => ({
    code,
    kind,
    appid,
    merchant: '1900000001',
    channel: 'wechatpay',
    appsecret: { file: 'appsecret' },
  })
  return {
    publicUrl: 'https://shop.example.com',
    listen: { host: '127.0.0.1', port: 0 },
    stopDelayMs: 0,
    merchants: [
      {
        mchid: '1900000001',
        name: '示例小店',
        mode: 'merchant',
        apiV3Key: { file: 'api-v3-key' },
        certificates: [{ serialNo: ours.serialNo, privateKey: { file: 'apiclient_key.pem' } }],
        publicKeys: [{ id: wechatKey.serial, key: { file: 'pub_key.pem' } }],
      },
    ],
    entries: [
      entry('01', 'official-account', 'wx0123456789abcdef'),
      entry('02', 'mini-program', 'wxfedcba9876543210'),
    ],
  }
}
