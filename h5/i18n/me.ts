import { wordsOf } from './t.ts'

/** What only the customer's own pages say, and the names of the doors: it loads with them. */
const zh = {
  'entry.mini-program': '微信小程序',
  'entry.official-account': '微信公众号',
  'entry.mobile-browser': '手机浏览器',
  'entry.pc-browser': '电脑浏览器',
  'entry.alipay': '支付宝',
  'me.came-by': '从{entry}进入',
  'me.joined': '已与另一边的账号合并',
  'me.not-joined': '还没有与另一边的账号合并',
  'me.bind': '合并账号',
  'me.bind-advice':
    '在微信小程序、公众号或别的浏览器里也买过？在一边显示绑定码，到另一边输入，订单就能一起查看。',
  'me.bind-show': '显示绑定码',
  'me.bind-valid': '请在 {time} 前到另一边输入，只能用一次。',
  'me.bind-enter': '输入另一边的绑定码',
  'me.bind-digits': '8 位数字',
  'me.bind-submit': '合并',
  'me.bind-malformed': '绑定码是 8 位数字，请再看一下。',
  'me.bound': '已合并，两边的订单可以一起查看了。',
  'me.language': '语言',
}

const en: Record<keyof typeof zh, string> = {
  'entry.mini-program': 'WeChat mini-program',
  'entry.official-account': 'WeChat official account',
  'entry.mobile-browser': 'phone browser',
  'entry.pc-browser': 'PC browser',
  'entry.alipay': 'Alipay',
  'me.came-by': 'Came by {entry}',
  'me.joined': 'Joined with your other account',
  'me.not-joined': 'Not joined with another account',
  'me.bind': 'Join accounts',
  'me.bind-advice':
    'Bought in our mini-program, official account or another browser too? Show a code there, enter it here, and see all orders together.',
  'me.bind-show': 'Show a code',
  'me.bind-valid': 'Enter it on the other side before {time}. It works once.',
  'me.bind-enter': 'Enter the code from the other side',
  'me.bind-digits': '8 digits',
  'me.bind-submit': 'Join',
  'me.bind-malformed': 'A code has 8 digits, please look again.',
  'me.bound': 'Joined. You now see the orders of both.',
  'me.language': 'Language',
}

/** Says one of these sentences in the page's language. */
export const tMe = wordsOf(zh, en)
