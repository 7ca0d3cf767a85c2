import type { PaymentSnapshot } from '../../payments/payment-channel.ts'

/** The payment's number, fit for a path: only characters that need no encoding, since a path is signed as it is sent. */
export const plainNumber = ({ outTradeNo }: PaymentSnapshot): string => {
  if (!/^[0-9A-Za-z_-]{6,32}$/.test(outTradeNo))
    throw new Error('out_trade_no must be 6 to 32 of 0-9 A-Z a-z _ -')
  return outTradeNo
}
