import { wordsOf } from './t.ts'

/** What is said only where a way of paying is chosen, shown or come back from: it loads with those parts, not before. */
const zh = {
  'return.ask': '支付完成了吗？',
  'return.advice': '付好了请点“已完成支付”，我们马上核实。没付也没关系，可以继续支付。',
  'return.stranger': '付好后这里会显示结果。要继续支付，请回到下单的浏览器。',
  'return.done': '已完成支付',
  'return.go-on': '继续支付',
  'qr.title': '微信扫码支付',
  'qr.advice': '请用手机微信“扫一扫”，付好后本页自动更新。',
  'qr.later': '稍后支付',
  'qr.not-yet': '还没有收到付款，请稍后再看。',
  'way.choose': '换一种支付方式',
  'way.mini-program': '微信支付',
  'way.jsapi': '在微信里直接支付',
  'way.h5': '打开微信支付',
  'way.native-qr': '用手机微信扫码支付',
  'way.alipay-wap': '支付宝',
  'way.alipay-page': '支付宝',
}

const en: Record<keyof typeof zh, string> = {
  'return.ask': 'Have you paid?',
  'return.advice': 'If so, tap “I have paid” and we look at once. If not, you may go on paying.',
  'return.stranger': 'The result appears here. To go on paying, return to the browser you ordered in.',
  'return.done': 'I have paid',
  'return.go-on': 'Go on paying',
  'qr.title': 'Scan with WeChat',
  'qr.advice': 'Scan with WeChat on your phone. This page goes on by itself.',
  'qr.later': 'Later',
  'qr.not-yet': 'No payment has come yet. Please look again in a moment.',
  'way.choose': 'Pay in another way',
  'way.mini-program': 'WeChat Pay',
  'way.jsapi': 'Pay right here in WeChat',
  'way.h5': 'Open WeChat Pay',
  'way.native-qr': 'Scan with WeChat on a phone',
  'way.alipay-wap': 'Alipay',
  'way.alipay-page': 'Alipay',
}

/** Says one of these sentences in the page's language. */
export const tPaying = wordsOf(zh, en)
