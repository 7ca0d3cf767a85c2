/** The few words of /enter; it carries no dictionary, so that it is quick. */
export const enterWords = {
  'zh-CN': {
    shop: '桥付茶舍',
    entering: '正在进入…',
    stuck: '没能进入，请检查网络后重试；还不行的话，请返回小程序首页重新进入。',
    retry: '重新进入',
    request: '请求编号',
  },
  en: {
    shop: 'Qiaofu Teahouse',
    entering: 'Just a moment…',
    stuck: 'We could not let you in. Check the network and try again, or go back to the mini-program’s home.',
    retry: 'Try again',
    request: 'Request no.',
  },
} as const
