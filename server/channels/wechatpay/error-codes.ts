/**
 * The codes of prepay, query, close and refund in their newer spelling. WeChat's pages and answers use both ORDERPAID
 * and ORDER_PAID, NOAUTH and NO_AUTH: https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_4_3.shtml
 */
const CODES = [
  'ACCOUNT_ERROR',
  'APPID_MCHID_NOT_MATCH',
  'BANK_ERROR',
  'FREQUENCY_LIMITED',
  'INVALID_REQUEST',
  'INVALID_TRANSACTIONID',
  'MCH_NOT_EXISTS',
  'NO_AUTH',
  'NOT_ENOUGH',
  'OPENID_MISMATCH',
  'ORDER_CLOSED',
  'ORDER_NOT_EXIST',
  'ORDER_PAID',
  'OUT_TRADE_NO_USED',
  'PARAM_ERROR',
  'RATELIMIT_EXCEEDED',
  'RESOURCE_NOT_EXISTS',
  'RULE_LIMIT',
  'SERVICE_UNAVAILABLE',
  'SIGN_ERROR',
  'SYSTEM_ERROR',
  'TRADE_ERROR',
  'USER_ACCOUNT_ABNORMAL',
] as const

const bySpelling = new Map<string, string>(CODES.map((code) => [code.replaceAll('_', ''), code]))

/** "ORDERPAID" and "ORDER_PAID" both become "ORDER_PAID"; a code we do not know stays as it is. */
export const normaliseCode = (code: string): string => bySpelling.get(code.replaceAll('_', '')) ?? code

const RETRY_LATER = new Set([
  'BANK_ERROR',
  'FREQUENCY_LIMITED',
  'RATELIMIT_EXCEEDED',
  'SERVICE_UNAVAILABLE',
  'SYSTEM_ERROR',
])

/**
 * Whether a signed error settles the question. WeChat asks to repeat the same request after a 5xx, after "slow down"
 * and after the codes above, so that none of them says what became of the payment.
 */
export const isDefinite = (httpStatus: number, code: string): boolean =>
  httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429 && !RETRY_LATER.has(code)
