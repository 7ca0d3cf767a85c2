import { createPrivateKey, createPublicKey, createSign, createVerify } from 'node:crypto'
import type { Reply, SandboxClient } from './sandbox-client.ts'

/** An app as GET /_sandbox/alipay hands it out. */
export interface SandboxAlipayApp {
  appId: string
  sellerId: string
  appPrivateKeyPem: string
  alipayPublicKeyPem: string
}

type Parameters = Record<string, string>

/** How a request may differ from a right one. Null leaves a parameter out. */
export interface AlipayChanges {
  /** Before signing. */
  parameters?: Record<string, string | null>
  /** After signing. */
  tampered?: Record<string, string | null>
  privateKeyPem?: string
  /** Sent as biz_content in place of the object. */
  bizText?: string
}

/** A merchant of Alipay's over HTTP, written apart from both sandbox and server. */
export interface AlipayMerchant {
  app: SandboxAlipayApp
  /** A signed request to gateway.do. The reply's body is the node; `isSigned` says what Alipay's key says. */
  ask(method: string, biz: object, changes?: AlipayChanges): Promise<Reply & { isSigned: boolean }>
  /** The address of a pay page. */
  address(biz: object, changes?: AlipayChanges & { method?: string }): string
}

const patched = (parameters: Parameters, changes: Record<string, string | null> = {}): Parameters => {
  const all: Record<string, string | null> = { ...parameters, ...changes }
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null))
}

/** The text and its signature as https://opendocs.alipay.com/common/02kf5q says. */
export function signAlipay(privateKeyPem: string, parameters: Parameters): string {
  const text = Object.keys(parameters)
    .toSorted()
    .map((name) => `${name}=${parameters[name]}`)
    .join('&')
  return createSign('RSA-SHA256').update(text).sign(createPrivateKey(privateKeyPem), 'base64')
}

export async function openAlipayMerchant(sandbox: SandboxClient): Promise<AlipayMerchant> {
  const [app] = (await sandbox.control('/alipay')).body.apps as [SandboxAlipayApp]
  const query = (method: string, biz: object, changes: AlipayChanges = {}): string => {
    const now = new Date(Date.now() + 8 * 3_600_000).toISOString()
    const right = {
      app_id: app.appId,
      method,
      format: 'JSON',
      charset: 'utf-8',
      sign_type: 'RSA2',
      timestamp: now.slice(0, 19).replace('T', ' '),
      version: '1.0',
      biz_content: changes.bizText ?? JSON.stringify(biz),
    }
    const parameters = patched(right, changes.parameters)
    const sign = signAlipay(changes.privateKeyPem ?? app.appPrivateKeyPem, parameters)
    return new URLSearchParams(patched({ ...parameters, sign }, changes.tampered)).toString()
  }
  return {
    app,
    address: (biz, { method = 'alipay.trade.wap.pay', ...changes } = {}) =>
      `${sandbox.url}/gateway.do?${query(method, biz, changes)}`,
    async ask(method, biz, changes) {
      const response = await fetch(`${sandbox.url}/gateway.do`, {
        method: 'POST',
        body: new URLSearchParams(query(method, biz, changes)),
      })
      const text = await response.text()
      const answer = JSON.parse(text) as Record<string, unknown>
      const [name = ''] = Object.keys(answer)
      const node = text.slice(text.indexOf(':') + 1, text.lastIndexOf(',"sign"'))
      const isSigned = createVerify('RSA-SHA256')
        .update(node)
        .verify(createPublicKey(app.alipayPublicKeyPem), String(answer['sign'] ?? ''), 'base64')
      return { status: response.status, headers: response.headers, text, body: answer[name], isSigned }
    },
  }
}
