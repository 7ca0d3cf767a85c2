/**
 * What WeChat, Alipay and the devices say to people, in English: cashiers, dialogs, menus, error pages. Names of people,
 * shops and goods are their own and stay.
 */
const SENTENCES: Record<string, string> = {
  微信支付: 'WeChat Pay',
  立即支付: 'Pay now',
  取消支付: 'Cancel payment',
  商品: 'Goods',
  项目: 'Item',
  支付方式: 'Payment method',
  费用总额: 'Total',
  医保支付: 'Medical insurance',
  还需自付: 'To pay yourself',
  医保: 'Medical insurance',
  '给开发者：不顺利的结局': 'For developers: unhappy endings',
  密码错误: 'Wrong password',
  余额不足: 'Not enough money',
  风险拦截: 'Blocked for risk',
  关闭微信: 'Close WeChat',
  支付成功但没有回音: 'Paid, but no answer',
  支付失败: 'Payment failed',
  知道了: 'OK',
  '支付密码错误，请重试': 'Wrong password. Try again.',
  '余额不足，请更换支付方式': 'Not enough money. Choose another payment method.',
  '当前交易存在风险，暂时无法完成支付': 'This payment looks risky and cannot be completed now.',
  '你刚刚向该商家支付过一笔相同金额的订单，请确认是否重复支付':
    'You have just paid this merchant the same amount. Check that you do not pay twice.',
  支付验证签名失败: 'The signature of the payment is wrong',
  支付场景非法: 'Payment is not allowed here',
  无法识别此链接: 'This link cannot be read',
  '支付请求已失效，请重新发起支付': 'The payment request has expired. Start it again.',
  下单账号与支付账号不一致: 'The order was placed by another account',
  商家订单信息有误: 'The merchant’s order is wrong',
  系统繁忙: 'The system is busy',
  医保订单不存在: 'There is no such medical insurance order',
  医保订单与自费订单不匹配: 'The medical insurance order and the order do not match',
  该订单已支付: 'The order is paid',
  该订单已失效: 'The order is closed',
  沙箱里没有这位用户: 'The sandbox has no such person',
  '请在微信外打开订单，进行支付': 'Open the order outside WeChat to pay',
  '商家参数格式有误，请联系商家解决': 'The merchant sent something wrong. Contact the merchant.',
  '商家存在未配置的参数，请联系商家解决': 'The merchant has not set this up. Contact the merchant.',
  由于商家传入的H5交易参数有误: 'The merchant’s H5 payment is wrong',
  '网络环境未能通过安全验证，请稍后再试': 'The network was not verified. Try again later.',
  正在打开微信支付: 'Opening WeChat Pay',
  支付结果以商家页面为准: 'The merchant’s page tells the result',
  '没有打开微信？点这里再试': 'WeChat did not open? Try again',

  支付宝: 'Alipay',
  支付宝收银台: 'Alipay cashier',
  '沙箱，不会真的扣款': 'sandbox, no real money',
  付款账户: 'Account',
  付款方式: 'Payment method',
  确认付款: 'Confirm payment',
  试试别的情形: 'Try another ending',
  '已付款，但商家没有收到结果': 'Paid, but the merchant does not hear',
  '支付密码不正确，请重新输入': 'Wrong password. Enter it again.',
  '余额不足，请更换付款方式': 'Not enough money. Choose another payment method.',
  '您是哪一位？': 'Who are you?',
  沙箱里的支付宝用户: 'Alipay users of the sandbox',
  选择用户: 'Choose a person',
  网络不给力: 'Bad network',
  '付款结果没有回到商家，请返回商家页面查看': 'The merchant did not get the result. Go back and look there.',
  已取消付款: 'Payment cancelled',
  '请后退，回到商家重新选择': 'Go back to the merchant and choose again',
  支付成功: 'Paid',
  '可以关闭这个页面，回到商家查看订单': 'You can close this page and look at the order',
  页面已失效: 'This page has expired',
  请回到商家页面重新发起付款: 'Go back to the merchant and start the payment again',
  交易已被支付: 'The order is paid',
  交易已经关闭: 'The order is closed',
  '订单已超时，不能付款': 'The order has expired',
  交易买家不匹配: 'Another buyer opened this order',

  沙箱里的微信用户: 'WeChat users of the sandbox',
  微信: 'WeChat',
  微信授权: 'WeChat authorization',
  请重新打开授权链接: 'Open the authorization link again',
  打开小程序: 'Open the mini-program',
  链接不存在: 'There is no such link',
  链接已失效: 'The link has expired',
  今日访问次数已达上限: 'The link was opened too often today',
  '请向发送链接的人确认地址是否完整。': 'Ask who sent it whether the address is whole.',
  '请让发送链接的人重新生成一个。': 'Ask who sent it for a new one.',

  小程序: 'Mini-program',
  链接: 'Link',
  '没有设备配置。': 'There is no device profile.',
  允许: 'Allow',
  不允许: 'Do not allow',
  取消: 'Cancel',
  确定: 'OK',
  好: 'OK',
  呼叫: 'Call',
  返回: 'Back',
  回到首页: 'Home',
  关闭: 'Close',
  菜单: 'Menu',
  关闭小程序: 'Close the mini-program',
  刷新: 'Reload',
  地址: 'Address',
  新标签页: 'New tab',
  请选择: 'Choose',
  扫一扫: 'Scan',
  扫描结果: 'Scanned',
  '正在看旁边的屏幕，请把二维码显示出来': 'Looking at the screens beside it: show the code there',
  对准旁边屏幕上的二维码: 'Reads the code on the screen beside it',
  最近使用: 'recently used',
  公众号: 'Official account',
  点这里进入商城: 'opens the shop',
  桥付公众号: 'Qiaofu account',
  转发给朋友: 'Forward to a friend',
  重新进入小程序: 'Enter the mini-program again',
  刷新网页: 'Reload the page',
  '系统回收网页（内存不足）': 'The system takes the page’s memory',
  结束小程序进程: 'End the mini-program’s process',
  分享给朋友: 'Share with a friend',
  关闭网页: 'Close the page',
  当前页面不可转发: 'This page cannot be forwarded',
  内容已复制: 'Copied',
  申请获取并验证你的手机号: 'Asks for your phone number',
  再次打开: 'Open again',
  回到微信: 'Back to WeChat',
  '带回去的 extraData': 'extraData to take back',
  'extraData 不是 JSON': 'extraData is not JSON',
  '这里是沙箱里的替身。交给这边的是：': 'A stand-in of the sandbox. It was given:',
  文件传输助手: 'File transfer',
  接口不存在: 'There is no such function',

  桥付: 'Qiaofu',
  '桥付 · 沙箱里的手机': 'Qiaofu · phones of the sandbox',
  '手机和电脑都是沙箱里的：跑的是真实的小程序源码和网页，钱也是沙箱里的。':
    'Phones and computers are the sandbox’s: they run the real mini-program and pages, with the sandbox’s money.',
  谁在用: 'Who',
  两人两部: 'Two people, two phones',
  电脑和手机: 'Computer and phone',
  从哪里进: 'Entered through',
  会话: 'Chats',
  外观: 'Look',
  浅色: 'Light',
  深色: 'Dark',
  语言: 'Language',
  字号: 'Text size',
  标准: 'Normal',
  大字: 'Large',
  浏览器: 'Browser',
  安卓: 'Android',
  鸿蒙: 'HarmonyOS',
  安静的安卓: 'Quiet Android',
  电脑微信: 'WeChat on a PC',
  企业微信: 'WeCom',
  电脑企业微信: 'WeCom on a PC',
  支付宝小程序: 'Alipay mini-program',
  抖音小程序: 'Douyin mini-program',
  别的应用: 'Another app',
  企业微信里不能打开收银台: 'No cashier opens in WeCom',
  '安卓 Chrome': 'Android Chrome',
  '电脑 Chrome': 'PC Chrome',

  网页打不开: 'The page does not open',
  '对方服务器没有应答。请确认 H5 与服务器已经启动（npm start），然后重新加载。':
    'Its server does not answer. Check that H5 and server are running (npm start), then reload.',
  这部手机只打开本机的网页: 'This phone opens pages of this machine only',
  '地址不在本机（127.0.0.1 或 localhost），沙箱不会代为访问。':
    'The address is not on this machine (127.0.0.1 or localhost).',
  网页不能使用沙箱的控制接口: 'Pages may not use the sandbox’s control routes',
  '/_sandbox/ 只给测试程序和沙箱自己的页面用，请从程序里直接访问它。':
    '/_sandbox/ is for test programs and the sandbox’s own pages: ask it from a program.',
  '没有 H5 可以打开': 'There is no H5 to open',
  '启动沙箱时请用 --h5 指出 H5 的地址，例如 --h5 http://127.0.0.1:3000。':
    'Start the sandbox with the H5’s address, e.g. --h5 http://127.0.0.1:3000.',
  这部手机还没有开机: 'This phone is switched off',
  '请从沙箱首页打开手机，而不是直接访问它的地址。': 'Open it from the sandbox’s page, not by its address.',
  请求来自别的网站: 'The request comes from another site',
  '手机的网页只接受自己发出的请求。': 'A phone’s pages take their own requests only.',
  '沙箱没有应答，请确认它还在运行。': 'The sandbox does not answer: check that it is still running.',
}

/** Sentences with a name or an amount in them. What stands in the brackets is said too. */
const PATTERNS: readonly [RegExp, (...parts: string[]) => string][] = [
  [/^零钱（剩余 (.+)）$/, (amount) => `Balance (${amount} left)`],
  [/^账户余额（剩余 (.+)）$/, (amount) => `Balance (${amount} left)`],
  [/^医保 \+ (.+)$/, (rest) => `Medical insurance + ${rest}`],
  [/^调用支付JSAPI缺少参数：(.+)$/, (name) => `Payment lacks a parameter: ${name}`],
  [/^当前页面的URL未注册：(.+)$/, (url) => `This page may not pay: ${url}`],
  [/^这里没有能打开 (.+) 链接的应用$/, (scheme) => `No app here opens ${scheme} links`],
  [/^已发送给(.+)$/, (name) => `Sent to ${name}`],
  [/^即将打开“(.+)”小程序$/, (name) => `Opens the mini-program “${name}”`],
  [/^(.+)的手机$/, (name) => `Phone of ${name}`],
  [/^(.+)的电脑$/, (name) => `Computer of ${name}`],
  [/^小程序 (wx\w+)$/, (appid) => `Mini-program ${appid}`],
  [/^\[小程序\] (.+)$/, (title) => `[Mini-program] ${title}`],
  [/^\[链接\] (.+)$/, (title) => `[Link] ${title}`],
  [/^(.+) 申请获取您的昵称、头像$/, (name) => `${name} asks for your name and picture`],
  [/^错误码：(.+)$/, (code) => `Error code: ${code}`],
  [/^给开发者：(.+)$/, (reason) => `For developers: ${reason}`],
]

/** A sentence in English; as it came when it is a name, or nothing is known. */
export function inEnglish(text: string): string {
  const known = Object.hasOwn(SENTENCES, text) ? SENTENCES[text] : undefined
  if (known !== undefined) return known
  if (text.includes(' · ')) return text.split(' · ').map(inEnglish).join(' · ')
  for (const [pattern, say] of PATTERNS) {
    const match = pattern.exec(text)
    if (match) return say(...match.slice(1).map(inEnglish))
  }
  return text
}

/** A whole page in English: every text between its tags; scripts and styles stay. */
export function pageInEnglish(html: string): string {
  return html
    .replace('lang="zh-CN"', 'lang="en"')
    .replace(
      /(<(?:script|style)\b.*?<\/(?:script|style)>)|>([^<]+)</gs,
      (whole, code: string, text: string) => {
        if (code !== undefined) return whole
        const said = inEnglish(text.trim())
        return text.trim() === '' ? whole : `>${text.replace(text.trim(), () => said)}<`
      },
    )
}

/** Whether a page's reader wants English: the language that Accept-Language names first. */
export const readsEnglish = (acceptLanguage: string | undefined): boolean =>
  /^\s*en\b/i.test(acceptLanguage ?? '')
