import type { CallFate } from './fate.ts'
import type { Answer, Passing } from './wire.ts'

/** Somebody else's words under WeChat's signature. */
export function forged(passing: Passing): Passing {
  const body = Buffer.from(passing.body)
  const at = Math.floor(body.length / 2)
  body[at] = body[at]! ^ 1
  return { ...passing, body }
}

/** WeChat looks whether we verify. https://pay.weixin.qq.com/doc/v3/merchant/4013053249 */
export function probe<One extends Pick<Passing, 'headers'>>(passing: One): One {
  const signature = String(passing.headers['wechatpay-signature'])
  return {
    ...passing,
    headers: { ...passing.headers, 'wechatpay-signature': `WECHATPAY/SIGNTEST/${signature.slice(19)}` },
  }
}

/** The answer as it arrives. */
export function spoil(answer: Answer, fate: CallFate): Answer {
  if (fate === 'probe') return probe(answer)
  if (fate === 'unsigned') {
    const { 'wechatpay-signature': _signature, ...headers } = answer.headers
    return { ...answer, headers }
  }
  if (fate !== 'tampered' || answer.body.length === 0) return answer
  const body = Buffer.from(answer.body)
  body[body.length - 2] = body[body.length - 2]! ^ 1
  return { ...answer, body }
}
