import type { AlipayApp, AlipayApps } from '../world/alipay-apps.ts'
import { readAlipayTime } from './moment.ts'
import { AlipayRefused } from './refusal.ts'
import { isSigned, textToSign } from './signature.ts'
import type { Parameters } from './signature.ts'

const missing = (subCode: string, message: string) => new AlipayRefused('40001', `isv.${subCode}`, message)
const invalid = (subCode: string, message: string) => new AlipayRefused('40002', `isv.${subCode}`, message)

/** Who asks. Alipay looks at app_id before anything else, and signs nothing for an app it does not know. */
export function appOf(apps: AlipayApps, parameters: Parameters): AlipayApp {
  const appId = parameters['app_id'] ?? ''
  if (appId === '') throw missing('missing-app-id', '缺少AppID参数')
  const app = apps.get(appId)
  if (!app) throw invalid('invalid-app-id', '无效的AppID参数')
  return app
}

/** The parameters that every request carries. https://opendocs.alipay.com/common/02km9f lists the refusals. */
export function checkRequest(app: AlipayApp, parameters: Parameters): void {
  const given = (name: string) => parameters[name] ?? ''
  if (given('sign_type') === '') throw missing('missing-signature-type', '缺少签名类型参数')
  if (given('sign_type') !== 'RSA2') throw invalid('invalid-signature-type', '无效的签名类型')
  if (given('sign') === '') throw missing('missing-signature', '缺少签名参数')
  if (given('timestamp') === '') throw missing('missing-timestamp', '缺少时间戳参数')
  if (readAlipayTime(given('timestamp')) === null) throw invalid('invalid-timestamp', '非法的时间戳参数')
  if (given('version') === '') throw missing('missing-version', '缺少版本参数')
  if (given('version') !== '1.0') throw invalid('invalid-parameter', '无效的版本参数')
  if (!/^utf-8$/i.test(given('charset'))) throw invalid('invalid-charset', '字符集错误')
  if (!/^(json)?$/i.test(given('format'))) throw invalid('invalid-format', '无效的数据格式')
  const text = textToSign(parameters)
  if (!isSigned(app.verifyKey, text, given('sign'))) {
    throw invalid(
      'invalid-signature',
      `验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为：${text.replaceAll('&', '&amp;')}`,
    )
  }
}

/** biz_content as an object. */
export function readBizContent(parameters: Parameters): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(parameters['biz_content'] ?? '{}')
  } catch {
    throw invalid('illegal-json', 'biz_content不是合法的JSON')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw invalid('illegal-json', 'biz_content应为JSON对象')
}
