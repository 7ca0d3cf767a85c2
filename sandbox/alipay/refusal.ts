/** What the classes of refusal are called: https://opendocs.alipay.com/common/02km9f */
const MESSAGES = {
  '20000': 'Service Currently Unavailable',
  '40001': 'Missing Required Arguments',
  '40002': 'Invalid Arguments',
  '40004': 'Business Failed',
  '40006': 'Insufficient Permissions',
} as const
export type RefusalCode = keyof typeof MESSAGES

/** An answer that says no, in Alipay's shape: HTTP 200 all the same. */
export class AlipayRefused extends Error {
  readonly code: RefusalCode
  readonly subCode: string
  /** Added to the answer beside the codes, e.g. out_trade_no. */
  readonly fields: Record<string, string>

  constructor(code: RefusalCode, subCode: string, subMessage: string, fields: Record<string, string> = {}) {
    super(subMessage)
    this.name = 'AlipayRefused'
    this.code = code
    this.subCode = subCode
    this.fields = fields
  }

  /** The node that the answer carries. */
  toNode(): Record<string, string> {
    return {
      code: this.code,
      msg: MESSAGES[this.code],
      sub_code: this.subCode,
      sub_msg: this.message,
      ...this.fields,
    }
  }
}

/** 40004 with one of the codes of the acquiring business. */
export const businessFailed = (subCode: string, subMessage: string, fields?: Record<string, string>) =>
  new AlipayRefused('40004', `ACQ.${subCode}`, subMessage, fields)

/** 40004 ACQ.INVALID_PARAMETER for one field of biz_content. */
export const invalidParameter = (name: string, fault: string) =>
  businessFailed('INVALID_PARAMETER', `参数有误：${name}${fault}`)
