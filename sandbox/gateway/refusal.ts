/** The `detail` of an error answer. https://pay.weixin.qq.com/doc/v3/merchant/4012081709 */
export type Detail = Record<string, unknown>

/** An answer that says no, in WeChat's shape. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  /** WeChat's internal number, printed after the last dash of Request-ID. */
  readonly number: string
  readonly detail: Detail | undefined

  constructor(given: { status: number; code: string; message: string; number: string; detail?: Detail }) {
    super(given.message)
    this.name = 'Refused'
    this.status = given.status
    this.code = given.code
    this.number = given.number
    this.detail = given.detail
  }
}

/**
 * WeChat's internal numbers, as support reads them from Request-ID.
 * https://github.com/wechatpay-apiv3/wechatpay-skills (wechatpay-basic-payment, 排障手册)
 */
export const NUMBERS = {
  ok: '0',
  parameter: '268435461',
  outOfRange: '268435464',
  frequency: '268447840',
  merchantOfOrder: '268447843',
  closed: '268447914',
  noSuchOrder: '268512771',
  paid: '268449538',
  extraParameter: '270924358',
  signature: '268443699',
  noSubMerchant: '268443701',
  missingOpenid: '268501013',
  reentry: '268498688',
  appidOfMerchant: '268445527',
  subMerchantMissing: '268443704',
  subMerchantIsPartner: '268443705',
  subMerchantOfOrder: '268447845',
  medicalTotal: '268529477',
  medicalCash: '268529476',
  medicalCashOnly: '268529474',
  medicalInsurance: '268529475',
  medicalExists: '268512536',
  medicalMissing: '268529515',
  medicalOpenid: '268510603',
  medicalSubOpenid: '268510604',
} as const

/** Longer values are not repeated in an answer. */
const LONGEST_SHOWN_VALUE = 1_024

/**
 * 400 PARAM_ERROR for a value that does not fit its field. Such answers tell the part of the request and the value, and
 * nothing else. `source` is where it was read: /body/amount/total, /uri_template/…, /query/….
 * https://github.com/wechatpay-apiv3/wechatpay-java/issues/365
 */
export function badInput(source: string, value: unknown, message: string, number?: string): Refused {
  const isShort = (JSON.stringify(value) ?? '').length <= LONGEST_SHOWN_VALUE
  return new Refused({
    status: 400,
    code: 'PARAM_ERROR',
    message,
    number: number ?? NUMBERS.parameter,
    detail: { location: source.split('/')[1] ?? 'body', value: isShort ? value : null },
  })
}

/**
 * 400 PARAM_ERROR for a value that fits its field and breaks another rule, with the detail that WeChat documents.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012081709
 */
export function badParameter(source: string, value: unknown, message: string, number?: string): Refused {
  const [, location = 'body', ...rest] = source.split('/')
  const field = location === 'body' ? `/${rest.join('/')}` : rest.join('/')
  return new Refused({
    status: 400,
    code: 'PARAM_ERROR',
    message,
    number: number ?? NUMBERS.parameter,
    detail: { location, field, value, issue: message },
  })
}

/** The person has this openid under another appid, or nobody has it. A sub_openid belongs to sub_appid. */
export function openidMismatch(source: string, openid: string): Refused {
  const isSub = source.endsWith('/sub_openid')
  return badParameter(
    source,
    openid.slice(0, 64),
    isSub ? 'sub_appid和sub_openid不匹配' : 'appid和openid不匹配',
  )
}

/** 400 INVALID_REQUEST: well-formed, but against a business rule. */
export function invalidRequest(message: string, number: string = NUMBERS.parameter): Refused {
  return new Refused({ status: 400, code: 'INVALID_REQUEST', message, number })
}

/** 401 SIGN_ERROR: never signed, since WeChat does not know who asks. */
export function signError(message: string, detail?: Detail): Refused {
  return new Refused({
    status: 401,
    code: 'SIGN_ERROR',
    message,
    number: NUMBERS.signature,
    ...(detail && { detail }),
  })
}
