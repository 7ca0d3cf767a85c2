import { beijingTime } from '../world/clock.ts'
import type { Answer, Call } from './call.ts'
import { readQuery, text } from './fields.ts'
import { Refused } from './refusal.ts'
import { encryptFor } from './signature.ts'

const ALGORITHM_TYPE = text('证书算法版本', 16, { oneOf: ['SM2', 'RSA', 'ALL'] })
const LIFETIME_MS = 5 * 365 * 86_400_000

/**
 * GET /v3/certificates: the platform certificate, encrypted for the merchant. Merchants in public-key mode have none, and
 * nobody has one of SM2.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012551764
 */
export function certificates({ merchant, query }: Call): Answer {
  const { algorithm_type: algorithm } = readQuery({ algorithm_type: ALGORITHM_TYPE }, query)
  if (merchant.mode === 'public-key' || algorithm === 'SM2') {
    throw new Refused({
      status: 404,
      code: 'RESOURCE_NOT_EXISTS',
      // https://github.com/wechatpay-apiv3/wechatpay-java/issues/400
      message:
        '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196',
      number: '0',
    })
  }
  return {
    data: [
      {
        serial_no: merchant.platformSerialNo,
        effective_time: beijingTime(merchant.platformFromMs),
        expire_time: beijingTime(merchant.platformFromMs + LIFETIME_MS),
        encrypt_certificate: encryptFor(merchant.sealKey, merchant.platformCertificatePem, 'certificate'),
      },
    ],
  }
}
