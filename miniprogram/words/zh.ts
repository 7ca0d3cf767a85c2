/** Everything the customer reads, in Chinese. en.ts has the same keys. */
export const zh = {
  home: {
    shopName: '桥付茶舍',
    motto: '一盏清茶，几件雅器',
    recommended: '推荐商品',
    order: '去下单',
    myOrders: '我的订单',
    loading: '正在加载商品',
    nothing: '暂时没有商品在售',
  },
  webView: {
    loading: '正在打开',
    shareTitle: '桥付茶舍',
  },
  address: {
    pageTitle: '收货地址',
    choosing: '请在微信的地址页里选择',
    refused: { title: '没能打开微信地址', message: '请返回订单页，直接填写收货地址' },
    back: '返回',
  },
  contact: {
    pageTitle: '联系商家',
    advice: '点下面的按钮，与商家的客服对话',
    open: '联系客服',
  },
  pay: {
    pageTitle: '支付订单',
    amount: '支付金额',
    states: {
      idle: { title: '待支付', message: '请核对金额，再点“确认支付”' },
      preparing: { title: '正在准备支付', message: '请稍候' },
      waiting: { title: '等待付款', message: '请在微信支付中完成付款' },
      checking: { title: '正在确认支付结果', message: '请稍候，马上返回订单' },
      paid: { title: '已经支付', message: '这笔订单已付款，无需再次支付' },
    },
    refunds: {
      'part-refunding': { title: '已支付，部分退款中', message: '部分金额正在原路退回，请到订单中查看' },
      'part-refunded': { title: '已支付，部分退款', message: '部分金额已原路退回，请到订单中查看' },
      refunding: { title: '退款中', message: '这笔支付正在原路退回，无需再次支付' },
      refunded: { title: '已退款', message: '这笔支付已原路退回' },
    },
    noAnswer: '还没有收到微信的回复。请先查看结果，以免重复付款',
    stillHere: '没能自动返回，请点“查看结果”',
    tapToPay: '请点“确认支付”打开微信支付',
    confirm: '确认支付',
    seeResult: '查看结果',
    seeOrder: '查看订单',
    orderAgain: '再次下单',
  },
  requestNumber: '如需帮助，请告诉商家编号',
  failures: {
    'no-payment': {
      title: '没有找到这笔支付',
      message: '链接可能不完整，或属于另一个微信账号。请从“我的订单”重新打开',
    },
    closed: { title: '这笔支付已关闭', message: '可能已超时，或换了支付方式。请到订单中查看' },
    'order-closed': {
      title: '已来不及支付',
      message: '订单已关闭，或不到 1 分钟就要关闭，请再次下单',
    },
    'other-door': { title: '这笔支付是在别处发起的', message: '请到“我的订单”打开订单，重新支付' },
    blocked: {
      title: '微信支付暂时不可用',
      message: '微信限制了本店的支付功能。订单已保留，请联系商家或稍后再试',
    },
    offline: { title: '网络似乎断开了', message: '请检查网络，再点“重试”' },
    login: { title: '微信登录没有成功', message: '请稍候片刻，再点“重试”' },
    unavailable: { title: '服务暂时繁忙', message: '请稍候片刻，再点“重试”' },
    'not-configured': { title: '小店还没有准备好', message: '小程序尚未设置服务器地址，请联系商家' },
    page: { title: '页面没有打开', message: '请检查网络，再点“重试”' },
  },
  upgrade: {
    title: '请升级微信',
    message: '当前微信版本较低，部分页面可能无法显示。升级后再打开本小程序即可。',
    confirm: '知道了',
  },
  retry: '重试',
  goHome: '回到首页',
}

export type Words = typeof zh
