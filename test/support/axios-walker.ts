import { Rsa, Wechatpay } from 'wechatpay-axios-plugin'
import type { Answered, Walker } from './gateway-tour.ts'
import type { SandboxClient } from './sandbox-client.ts'
import type { Stage } from './sandbox-rules/rule.ts'

/** How WeChat proves itself to a client: the only key of WeChat that it knows. */
export const KEY_MODES = ['platform certificate', 'public key'] as const
export type KeyMode = (typeof KEY_MODES)[number]

/** A request that was answered. */
export interface Passed {
  method: 'GET' | 'POST'
  /** As WeChat publishes it: /v3/pay/transactions/id/{transaction_id}. */
  address: string
  /** As it was sent. */
  path: string
  answer: Answered
}

/**
 * The plugin for one way of proving answers. By a public key a merchant names it in every request, by a certificate only
 * where fields are encrypted with it.
 */
export function axiosClient(
  sandbox: SandboxClient,
  mode: KeyMode,
  mchid: string,
  { encrypts = false } = {},
): Wechatpay {
  const merchant = sandbox.merchant(mchid)
  const byPublicKey = mode === 'public key'
  const serial = byPublicKey ? merchant.publicKeyId : merchant.platformSerialNo
  return new Wechatpay({
    baseURL: `${sandbox.url}/`,
    mchid,
    serial: merchant.serialNo,
    privateKey: merchant.privateKeyPem,
    certs: { [serial]: byPublicKey ? merchant.publicKeyPem : merchant.platformCertificatePem },
    ...((byPublicKey || encrypts) && { headers: { 'Wechatpay-Serial': serial } }),
  } as ConstructorParameters<typeof Wechatpay>[0])
}

/** A walker by wechatpay-axios-plugin, unmodified: it signs, verifies and encrypts by its own code. */
export function axiosWalker(
  stage: Stage,
  mode: KeyMode,
  mchid: string,
  passed: (request: Passed) => void,
): Walker {
  const client = axiosClient(stage.sandbox, mode, mchid, { encrypts: true })
  const { publicKeyPem, platformCertificatePem } = stage.sandbox.merchant(mchid)
  const key = Rsa.from(mode === 'public key' ? publicKeyPem : platformCertificatePem, 'public')
  return {
    mchid,
    isPartner: stage.sandbox.merchant(mchid).subMerchants.length > 0,
    encrypt: (text) => Rsa.encrypt(text, key),
    async send(method, address, { path = {}, query = {}, body }) {
      const sent = address.replace(/\{(\w+)\}/g, (_, name: string) => path[name]!)
      const file = { responseType: 'arraybuffer', transformResponse: [] }
      const options = { params: query, ...(address === '/v3/billdownload/file' && file) }
      const chain = client.chain(sent.slice(1))
      const answer: Answered = await (
        method === 'GET' ? chain.get(options) : chain.post(body, options)
      ).catch((error: Error & { response?: { data: unknown } }) => {
        const said = error.response ? JSON.stringify(error.response.data) : error.message
        throw new Error(`${method} ${sent}: ${said}`, { cause: error })
      })
      passed({ method, address, path: sent, answer })
      return answer
    },
  }
}
