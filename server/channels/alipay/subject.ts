import { billText } from '../bill-text.ts'

/** https://opendocs.alipay.com/apis/api_1/alipay.trade.wap.pay: subject, 256 characters, without / = & and the like. */
const SUBJECT_CHARACTERS = 256
/** refund_reason, 256 characters. https://opendocs.alipay.com/apis/api_1/alipay.trade.refund */
const REASON_CHARACTERS = 256

const atMost = (characters: number) => (text: string) => text.length <= characters

/** What the customer's bill says, in the characters that Alipay takes. Never empty, never cut inside a character. */
export const fitSubject = (text: string): string =>
  billText(text, { refused: /[/=&]/, gap: ' ', fits: atMost(SUBJECT_CHARACTERS) }) || '商品'

/** Why money goes back, as Alipay tells the buyer. Empty when nothing of it can be said. */
export const fitReason = (text: string): string =>
  billText(text, { gap: ' ', fits: atMost(REASON_CHARACTERS) })
