import { describeClient } from './client-description'

type Language = 'zh' | 'en'

/** WeChat's own language, not the phone's: Chinese of any kind is `zh`, everything else `en`. */
export function language(): Language {
  return /^zh/i.test(describeClient().language || 'zh') ? 'zh' : 'en'
}

/**
 * Class of a page's root element that scales its text with 我 → 设置 → 通用 → 字体大小.
 * WeChat reports the size in px: 16 or 17 is standard, the slider ends above 25.
 */
export function textSizeClass(): '' | 'text-large' | 'text-huge' {
  const sizePx = describeClient().fontSizeSetting || 16
  if (sizePx >= 22) return 'text-huge'
  return sizePx >= 18 ? 'text-large' : ''
}

/** HarmonyOS may refuse a cashier that no finger asked for, so there the page never opens it by itself. */
export function cashierNeedsTap(): boolean {
  return (describeClient().platform ?? '').startsWith('ohos')
}
