import { z } from 'zod'
import { ChannelRefused, ChannelUnknown } from '../../shared/errors.ts'
import type { ClockSkew } from '../../shared/clock-skew.ts'
import { isDefinite, normaliseCode } from './error-codes.ts'
import type { KeyRing } from './key-ring.ts'
import { authorize, machineSeconds } from './sign.ts'
import type { ApiRequest } from './sign.ts'
import { NoAnswer } from './transport.ts'
import type { Transport, WireAnswer } from './transport.ts'
import { verifyMessage } from './verify.ts'
import type { VerifiedBody } from './verify.ts'

/** Where calls that went wrong are noted; pino fits. Fields never hold a body, a header of ours or an openid. */
export interface ChannelLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** A verified 2xx. */
export interface Answer {
  status: number
  body: VerifiedBody
}

/**
 * Signs and sends a request, and verifies the answer. Throws ChannelRefused for a signed, definite no (with
 * `earlierUnknown` when it answers a repeat) and ChannelUnknown for everything else.
 */
export type Exchange = (ring: KeyRing, request: ApiRequest) => Promise<Answer>

const USER_AGENT = `qiaofu node/${process.versions.node}`

const errorSchema = z.object({ code: z.string().regex(/^[0-9A-Za-z_]{1,64}$/) })

/** The verified body as JSON of the expected shape. Throws ChannelUnknown: whoever signed it did not tell us what happened. */
export const readAnswer = <T>(schema: z.ZodType<T>, { status, body }: Answer): T => {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw new ChannelUnknown(`answer ${status} is not JSON`)
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new ChannelUnknown(`answer ${status} has an unexpected shape`)
  return parsed.data
}

const wireHeaders = (ring: KeyRing, request: ApiRequest, body: Buffer): Record<string, string> => {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    // Compressed bytes are not the bytes that were signed.
    'Accept-Encoding': 'identity',
    'User-Agent': USER_AGENT,
    Authorization: authorize(ring, request),
  }
  if (request.method === 'POST') {
    headers['Content-Type'] = 'application/json'
    headers['Content-Length'] = String(body.length)
  }
  // Asks for an answer signed by the public key: https://pay.weixin.qq.com/doc/v3/merchant/4012154180
  if (ring.wantedSerial !== null) headers['Wechatpay-Serial'] = ring.wantedSerial
  return headers
}

const send = (transport: Transport, ring: KeyRing, request: ApiRequest): Promise<WireAnswer> => {
  const body = Buffer.from(request.body, 'utf8')
  const { method, path } = request
  return transport.send({ method, path, headers: () => wireHeaders(ring, request, body), body })
}

const judge = (ring: KeyRing, wire: WireAnswer, skew?: ClockSkew): Answer => {
  const verdict = verifyMessage(ring.verifiers, wire.headers, wire.body, machineSeconds())
  if (verdict.body === null) {
    // WeChat signs no 401, so it proves nothing; most often our own clock, serial number or key is wrong.
    const advice = skew?.warning() ?? "check this merchant's API certificate serial number and private key"
    const hint = wire.status === 401 ? `; ${advice}` : ''
    throw new ChannelUnknown(`answer ${wire.status}: ${verdict.reason}${hint}`)
  }
  const answer: Answer = { status: wire.status, body: verdict.body }
  if (wire.status >= 200 && wire.status < 300) return answer
  const code = normaliseCode(readAnswer(errorSchema, answer).code)
  if (isDefinite(wire.status, code))
    throw new ChannelRefused(code, wire.status, { earlierUnknown: wire.earlierUnknown })
  throw new ChannelUnknown(`answer ${wire.status} ${code}`)
}

const note = (log: ChannelLog, error: unknown, fields: object): void => {
  if (error instanceof ChannelRefused) {
    log.info(
      {
        ...fields,
        status: error.httpStatus,
        channelCode: error.channelCode,
        earlierUnknown: error.earlierUnknown,
      },
      'WeChat Pay refused a request',
    )
  } else if (error instanceof ChannelUnknown) {
    log.warn({ ...fields, reason: error.reason }, 'outcome of a WeChat Pay request is unknown')
  }
}

/** Puts signing, transport and verification together. */
export const createExchange =
  (transport: Transport, log?: ChannelLog, skew?: ClockSkew): Exchange =>
  async (ring, request) => {
    let wire: WireAnswer | null = null
    try {
      wire = await send(transport, ring, request)
      skew?.heard(wire.headers.date?.[0])
      return judge(ring, wire, skew)
    } catch (thrown) {
      const error =
        thrown instanceof NoAnswer ? new ChannelUnknown(thrown.message, { cause: thrown }) : thrown
      if (log !== undefined) {
        // WeChat's support asks for the Request-ID.
        const requestId = wire?.headers['request-id']?.[0]
        note(log, error, { mchid: ring.mchid, method: request.method, path: request.path, requestId })
      }
      throw error
    }
  }
