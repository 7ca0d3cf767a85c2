import type { OrderClosure, ProblemCode } from '../../contract/problem.ts'

/** The kinds of failure that a noun may throw. Only http/ knows which status each becomes. */
export type ErrorKind =
  | 'InvalidInput'
  | 'NotSignedIn'
  | 'NotAllowed'
  | 'NotFound'
  | 'Conflict'
  | 'TooMany'
  | 'ChannelRefused'
  | 'ChannelUnknown'
  | 'Unavailable'

interface Particulars {
  /** A refusal that clients treat apart. */
  code?: ProblemCode
  /** The order that it is about, when the caller may know it. */
  orderId?: string
  /** Why that order takes no payment any more. */
  closure?: OrderClosure
  /** Which fields of the request, and why. */
  errors?: { path: string; message: string }[]
  /** When it is worth trying again, in milliseconds: the answer's Retry-After. */
  retryAfterMs?: number
  cause?: unknown
}

/** A failure with a kind. `message` is a polite Chinese sentence for the customer that says what to do next. */
export class KindError extends Error {
  readonly kind: ErrorKind
  readonly code: ProblemCode | undefined
  readonly orderId: string | undefined
  readonly closure: OrderClosure | undefined
  readonly errors: { path: string; message: string }[] | undefined
  readonly retryAfterMs: number | undefined
  /** Where a browser's page begins again, for an address that is of no more use. A path of ours, safe in an attribute. */
  retryPath: string | undefined

  constructor(kind: ErrorKind, message: string, particulars: Particulars = {}) {
    super(message, { cause: particulars.cause })
    this.name = kind
    this.kind = kind
    this.code = particulars.code
    this.orderId = particulars.orderId
    this.closure = particulars.closure
    this.errors = particulars.errors
    this.retryAfterMs = particulars.retryAfterMs
  }
}

/** Whether a thrown value is one of ours of the given kind. */
export const isKind = (error: unknown, kind: ErrorKind): error is KindError =>
  error instanceof KindError && error.kind === kind

/**
 * The channel said no, in an answer whose signature we verified: definite for this send of the request.
 * `channelCode` is the channel's own code, e.g. "APPID_MCHID_NOT_MATCH".
 */
export class ChannelRefused extends KindError {
  readonly channelCode: string
  readonly httpStatus: number
  /**
   * The transport sent the same request before within this call and got no answer. The refusal answers the repeat only:
   * the first send may have been carried out. Query before believing that nothing happened.
   */
  readonly earlierUnknown: boolean
  constructor(
    channelCode: string,
    httpStatus: number,
    { earlierUnknown = false, ...particulars }: Particulars & { earlierUnknown?: boolean } = {},
  ) {
    super('ChannelRefused', '暂时无法发起支付，请稍后再试或联系商家。', particulars)
    this.channelCode = channelCode
    this.httpStatus = httpStatus
    this.earlierUnknown = earlierUnknown
  }
}

/**
 * Nobody knows what happened: no answer, a broken one, or one whose signature does not verify.
 * The money may have moved. Query before anything else.
 */
export class ChannelUnknown extends KindError {
  /** For logs: what was wrong with the answer, without its body. */
  readonly reason: string
  constructor(
    reason: string,
    particulars: Particulars = {},
    message = '支付平台暂时没有回应，请稍后刷新查看结果。',
  ) {
    super('ChannelUnknown', message, particulars)
    this.reason = reason
  }
}
