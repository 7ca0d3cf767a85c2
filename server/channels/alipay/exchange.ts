import type { Logger } from 'pino'
import { z } from 'zod'
import { ChannelRefused, ChannelUnknown } from '../../shared/errors.ts'
import { alipayTime } from './alipay-time.ts'
import type { AlipayApp } from './app.ts'
import { openNode } from './signed-node.ts'

export type ChannelLog = Pick<Logger, 'info' | 'warn'>

export interface ExchangeOptions {
  /** e.g. "https://openapi.alipay.com" */
  host: string
  log?: ChannelLog
  /** A customer is waiting; after this the outcome counts as unknown and the query ladder takes over. */
  timeoutMs?: number
}

/**
 * Asks Alipay, and answers the node that its signature proves. Throws ChannelRefused for a signed, definite no and
 * ChannelUnknown for everything else.
 */
export type Exchange = (
  app: AlipayApp,
  method: string,
  bizContent: object,
) => Promise<Record<string, unknown>>

const TIMEOUT_MS = 6_000
const MAX_ANSWER_BYTES = 64 * 1024

const nodeSchema = z.looseObject({
  code: z.string(),
  sub_code: z.string().optional(),
})

/** Codes after which nobody knows: https://opendocs.alipay.com/open/00f7nv asks to query, or to repeat the same request. */
const isUnknown = (code: string, subCode: string) =>
  code === '20000' || code === '40005' || /SYSTEM_ERROR|unknow-error/.test(subCode)

export function createExchange({ host, log, timeoutMs = TIMEOUT_MS }: ExchangeOptions): Exchange {
  return async (app, method, bizContent) => {
    try {
      const body = await post(
        `${host}/gateway.do?charset=utf-8`,
        signedForm(app, method, bizContent),
        timeoutMs,
      )
      return judge(app, method, body)
    } catch (error) {
      if (error instanceof ChannelRefused)
        log?.info({ appId: app.appId, method, channelCode: error.channelCode }, 'Alipay refused a request')
      else if (error instanceof ChannelUnknown)
        log?.warn(
          { appId: app.appId, method, reason: error.reason },
          'outcome of an Alipay request is unknown',
        )
      throw error
    }
  }
}

/** Every parameter, signed. The charset stands in the address: Alipay needs it to read the form. */
function signedForm(app: AlipayApp, method: string, bizContent: object): string {
  const form = new URLSearchParams(
    app.sdk.sdkExecute(method, { bizContent, timestamp: alipayTime(new Date()) }),
  )
  form.delete('charset')
  return form.toString()
}

/** Throws ChannelUnknown. Follows no redirect. */
async function post(url: string, form: string, timeoutMs: number): Promise<Buffer> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of answer.body ?? []) {
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) throw new ChannelUnknown(`answer exceeds ${MAX_ANSWER_BYTES} bytes`)
      chunks.push(chunk)
    }
    if (answer.status !== 200) throw new ChannelUnknown(`answer ${answer.status}`)
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof ChannelUnknown) throw error
    throw new ChannelUnknown('no complete answer', { cause: error })
  }
}

function judge(app: AlipayApp, method: string, body: Buffer): Record<string, unknown> {
  const proof = openNode(app.alipayKey, `${method.replaceAll('.', '_')}_response`, body)
  if ('reason' in proof) throw new ChannelUnknown(`answer ${proof.reason}`)
  const node = nodeSchema.safeParse(proof.node)
  if (!node.success) throw new ChannelUnknown('answer has no code')
  const { code, sub_code: subCode = '' } = node.data
  if (code === '10000') return node.data
  if (isUnknown(code, subCode)) throw new ChannelUnknown(`answer ${code} ${subCode}`)
  throw new ChannelRefused(subCode === '' ? code : subCode, 200)
}
