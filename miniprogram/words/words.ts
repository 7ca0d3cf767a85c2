import { language } from '../platform/device'
import { en } from './en'
import { zh, type Words } from './zh'

/** The words in WeChat's language. Asked by each page when it loads. */
export function words(): Words {
  return language() === 'zh' ? zh : en
}
