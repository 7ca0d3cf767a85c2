import { wordsOf } from './t.ts'

/** What is said of money that goes back: it loads with the pages that show it. */
const zh = {
  'refund.processing': '退款中',
  'refund.succeeded': '已退款',
  'back.processing': '{sum} 正在原路退回。',
  'back.succeeded': '{sum} 已原路退回。',
  'twice.processing': '您重复支付了 {sum}，多付的正在原路退回。',
  'twice.succeeded': '您重复支付的 {sum} 已原路退回。',
  'late.processing': '您付的 {sum} 到账时订单已关闭，正在原路退回。',
  'late.succeeded': '订单关闭后到账的 {sum} 已原路退回。',
  'old-price.processing': '您按原价付的 {sum} 正在原路退回，请以新的合计为准。',
  'old-price.succeeded': '您按原价付的 {sum} 已原路退回。',
  'request.title': '退款',
  'request.open': '已申请',
  'request.approved': '已同意',
  'request.declined': '未同意',
  'request.reason': '申请原因：{reason}',
  'request.wait': '商家处理后，结果会显示在这里。',
  'request.reply': '商家答复：{reply}',
  'request.underway': '退款 {sum} 已提交，到账后这里会更新。零钱几分钟，银行卡约 1 至 3 个工作日。',
  'request.succeeded': '退款 {sum} 已原路退回。',
  'request.abnormal': '退款 {sum} 没能退回原账户，商家会与您联系，改退到其他账户。',
  'request.failed': '退款 {sum} 暂未成功，钱还没有退出。商家会处理后重新退款，请稍后再来查看。',
  'request.ask': '申请退款',
  'request.why': '请写一下原因，最多 200 个字',
  'request.empty': '请先写一下退款原因。',
  'request.submit': '提交申请',
  'request.later': '先不申请',
}

const en: Record<keyof typeof zh, string> = {
  'refund.processing': 'Being refunded',
  'refund.succeeded': 'Refunded',
  'back.processing': '{sum} is on its way back to you.',
  'back.succeeded': '{sum} has gone back to you.',
  'twice.processing': 'You paid {sum} twice. The second payment is on its way back to you.',
  'twice.succeeded': 'You paid {sum} twice. The second payment has gone back to you.',
  'late.processing': 'Your {sum} came after the order was closed and is on its way back to you.',
  'late.succeeded': 'The {sum} that came after the order was closed has gone back to you.',
  'old-price.processing':
    'The {sum} you paid at the old price is on its way back. Please go by the new total.',
  'old-price.succeeded': 'The {sum} you paid at the old price has gone back to you.',
  'request.title': 'Refund',
  'request.open': 'Requested',
  'request.approved': 'Approved',
  'request.declined': 'Declined',
  'request.reason': 'Your reason: {reason}',
  'request.wait': 'The shop will answer here.',
  'request.reply': 'The shop answers: {reply}',
  'request.underway':
    'The refund of {sum} is under way; this page will tell when it is done. A wallet takes minutes, a bank card 1 to 3 working days.',
  'request.succeeded': 'The refund of {sum} has gone back to you.',
  'request.abnormal':
    'The refund of {sum} could not reach your account. The shop will contact you to send it elsewhere.',
  'request.failed':
    'The refund of {sum} has not gone through yet; no money has left. The shop will try again. Please look again later.',
  'request.ask': 'Ask for a refund',
  'request.why': 'Please tell us why, 200 characters at most',
  'request.empty': 'Please tell us why first.',
  'request.submit': 'Send',
  'request.later': 'Not now',
}

/** Says one of these sentences in the page's language. */
export const tRefund = wordsOf(zh, en)
