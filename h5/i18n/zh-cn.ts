/**
 * The sentences of the first load: the shelf, the tab bar, the pages' titles, and failures. Sentences that only the other
 * pages say stand in zh-cn-pages.ts. Test scripts of merchants click on 立即购买 and 我的订单: these texts stay.
 */
export const zh = {
  'shop.name': '桥付茶舍',
  'shop.motto': '一盏清茶，几件雅器',
  'tabs.label': '主菜单',
  'tabs.shop': '选购',
  'tabs.orders': '我的订单',
  'tabs.me': '我的',
  'word.retry': '重试',
  'word.sign-in': '登录',
  'word.to-shop': '去逛逛',

  'title.product': '商品详情',
  'title.confirm': '确认订单',
  'title.order': '订单详情',
  'title.result': '支付结果',
  'title.payments': '支付记录',
  'title.lost': '页面不存在',

  'product.buy': '立即购买',
  'product.sold-out': '已售罄',
  'catalogue.empty': '货架正在整理',
  'catalogue.empty-advice': '请稍后再来看看。',

  'failure.problem': '没能完成',
  'failure.problem-advice': '请稍后再试。',
  'failure.not-found': '没有找到',
  'failure.not-found-advice': '它可能不存在，或不属于当前账号。',
  'failure.offline': '网络连不上',
  'failure.offline-advice': '请检查网络后重试。',
  'failure.timeout': '等得有点久',
  'failure.timeout-advice': '网络较慢，请重试，不会重复下单。',
  'failure.unreadable': '暂时打不开',
  'failure.unreadable-advice': '请稍后重试。',
  'failure.outside-wechat': '请在微信中打开',
  'failure.outside-wechat-advice': '下单和查看订单要用微信登录。把本页链接发到微信里打开就可以了。',
  'failure.sign-in-stuck': '没能登录',
  'failure.sign-in-stuck-advice': '请关闭本页，重新从小程序或公众号进入。',
  'failure.signed-out': '已退出登录',
  'failure.signed-out-advice': '点“登录”继续。',
  'failure.no-cookies': '没能记住您',
  'failure.no-cookies-advice': '请在浏览器设置里允许本站使用 Cookie，再刷新本页。',
  'failure.page': '页面没有加载完整',
} as const

/** The name of one of them. */
export type Sentence = keyof typeof zh
