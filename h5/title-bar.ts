import { currentEnvironment } from './entry/environment.ts'

/**
 * Tells the styles that a bar above the page already says document.title, as in WeChat, its web-views and Alipay: a heading
 * that only repeats it is left to readers of the screen. Browsers show the title in a tab at most.
 */
export function heedTitleBar(): void {
  const environment = currentEnvironment()
  document.documentElement.classList.toggle('has-title-bar', environment !== 'phone' && environment !== 'pc')
}
