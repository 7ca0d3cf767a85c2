/**
 * The sentences of all pages but the shelf, loaded with the first of these pages. Test scripts of merchants click on 提交订单,
 * 去支付, 重新支付, 查看订单 and 支付记录, and read the titles of the result: these texts stay.
 */
export const zhPages = {
  'word.actions': '操作',
  'word.ok': '知道了',
  'word.cancel': '取消',
  'word.more': '加载更多',
  'word.loading': '正在加载',

  'product.quantity': '数量',
  'product.limit': '每人限购 {count} 件',
  'product.less': '{name} 减少一件',
  'product.more': '{name} 增加一件',
  'product.remove': '移除',
  'product.gone': '没有找到这件商品',
  'product.gone-advice': '它可能已经下架，看看别的吧。',

  'confirm.lines': '商品',
  'confirm.total': '合计',
  'confirm.submit': '提交订单',
  'confirm.empty': '还没有选商品',
  'confirm.empty-advice': '先去挑一件喜欢的吧。',
  'confirm.outside': '这里可以随便看看，下单请在微信中打开本页。',
  'confirm.price-title': '价格有变动',
  'confirm.price-text': '现在合计 {total}，要继续支付吗？',
  'confirm.price-go': '继续支付',
  'confirm.price-later': '先不支付',

  'orders.filter': '按状态查看',
  'orders.all': '全部',
  'orders.pending': '待支付',
  'orders.paid': '已支付',
  'orders.closed': '已关闭',
  'orders.empty': '还没有订单',
  'orders.empty-advice': '下单后会显示在这里。',
  'orders.pieces': '共 {count} 件',

  'order.number': '订单号',
  'order.pay': '去支付',
  'order.pay-before': '请在 {time} 前完成支付',
  'order.created': '下单时间',
  'order.paid-at': '支付时间',
  'order.closed-at': '关闭时间',
  'order.closed-advice': '超过支付时间，订单已自动关闭。',
  'order.total': '合计',
  'order.payments': '支付记录',
  'order.no-payments': '还没有发起过支付。',

  'result.waiting-advice': '请在打开的支付页面完成付款。',
  'result.checking-advice': '正在确认付款，请不要重复支付。',
  'result.long-advice': '确认得有点久。已付的款不会丢失，可以稍后刷新，或到订单里查看。',
  'result.paid-advice': '谢谢惠顾，我们会尽快为您备货。',
  'result.unpaid-advice': '还没有收到付款，订单为您保留到 {time}。',
  'result.closed-advice': '订单已过支付时间。如果刚刚付过款，会自动为您处理。',
  'result.cancelled-advice': '您已取消这个订单。如果刚刚付过款，会自动为您处理。',
  'result.again': '重新支付',
  'result.view': '查看订单',
  'result.refresh': '刷新',
  'result.trouble': '网络不太好，正在重新确认。',

  'pay.stack-full': '没能打开支付页，可能是打开的页面太多了。请先返回几页，再从“我的订单”里支付。',
  'pay.no-bridge': '没能连上微信，请关闭本页后重新打开，再从“我的订单”里支付。',
  'pay.wrong-place': '这笔订单要在微信里支付：请回到微信，从“我的订单”里打开。',

  'lost.advice': '链接可能已经过期，回首页看看吧。',
} as const

/** The name of one of them. */
export type PageSentence = keyof typeof zhPages
