import Pay from 'wechatpay-node-v3'
import type { ApiRequest } from './sign.ts'

/** The SDK writes this address into every request; ours comes from the configuration. */
const SDK_ORIGIN = 'https://api.mch.weixin.qq.com'

type JsapiParams = Parameters<Pay['transactions_jsapi']>[0]
type NativeParams = Parameters<Pay['transactions_native']>[0]
/** The SDK's type demands an app_name; WeChat only the type. https://pay.weixin.qq.com/doc/v3/merchant/4012791834 */
type H5Params = Omit<Parameters<Pay['transactions_h5']>[0], 'scene_info'> & {
  scene_info: { payer_client_ip: string; h5_info: { type: string } }
}

/** Requests of a merchant that collects for itself, as wechatpay-node-v3 spells them. Synchronous, unsigned, unsent. */
export interface RequestBuilder {
  jsapi(params: JsapiParams): ApiRequest
  h5(params: H5Params): ApiRequest
  native(params: NativeParams): ApiRequest
  query(outTradeNo: string): ApiRequest
  close(outTradeNo: string): ApiRequest
}

/** The SDK without its hands: it has no key, signs nothing and sends nothing. See docs/decisions/0002-wechatpay-node-v3.md. */
class UnsignedPay extends Pay {
  protected override buildAuthorization(): string {
    return ''
  }
}

/** Builds requests of one merchant with the SDK. */
export const createRequestBuilder = (mchid: string): RequestBuilder => {
  let drafted: ApiRequest | null = null
  const draft = (method: ApiRequest['method'], url: string, body: string) => {
    if (!url.startsWith(`${SDK_ORIGIN}/`)) throw new Error('wechatpay-node-v3 built an unexpected address')
    drafted = { method, path: url.slice(SDK_ORIGIN.length), body }
    // Status 0 keeps the SDK from reading an answer that does not exist.
    return Promise.resolve({ status: 0 })
  }
  const pay = new UnsignedPay({
    appid: '',
    mchid,
    serial_no: 'unused',
    publicKey: Buffer.from('unused'),
    privateKey: Buffer.alloc(0),
  })
  pay.createHttp({
    get: (url) => draft('GET', url, ''),
    post: (url, params) => draft('POST', url, JSON.stringify(params)),
    upload: () => Promise.reject(new Error('uploads are not built here')),
  })
  /** The SDK hands its request over before it first waits, so that the draft is there when the call returns. */
  const capture = (start: () => Promise<unknown>): ApiRequest => {
    drafted = null
    start().catch(() => {})
    if (drafted === null) throw new Error('wechatpay-node-v3 built no request')
    return drafted
  }
  return {
    jsapi: (params) => capture(() => pay.transactions_jsapi(params)),
    h5: (params) => capture(() => pay.transactions_h5(params as Parameters<Pay['transactions_h5']>[0])),
    native: (params) => capture(() => pay.transactions_native(params)),
    query: (outTradeNo) => capture(() => pay.query({ out_trade_no: outTradeNo })),
    close: (outTradeNo) => capture(() => pay.close(outTradeNo)),
  }
}
