import { bridgeReady } from './bridge.ts'
import { currentEnvironment } from './environment.ts'

/** How long WeChat's bridge may take to come, before we say that we are not where we thought. */
const bridgeTimeoutMs = 3_000

/** Whether a native mini-program page holds this page. Waits for the bridge, since iOS tells only then. */
export async function isHeldByMiniProgram(): Promise<boolean> {
  if (currentEnvironment() === 'mini-program') return true
  if (currentEnvironment() !== 'wechat') return false
  await bridgeReady(bridgeTimeoutMs)
  return currentEnvironment() === 'mini-program'
}

/** WeChat's SDK, loaded only when it is needed: it reads the user agent as it loads and does nothing outside WeChat. */
export const weixinSdk = () => import('weixin-js-sdk')

/**
 * Asks the native side to open its web-view page again at `to`, with a fresh ticket. This page ends when it works.
 * Rejects when the native side refuses.
 */
export async function reopenWithFreshTicket(to: string): Promise<never> {
  const { miniProgram } = (await weixinSdk()).default
  return new Promise<never>((_resolve, reject) => {
    miniProgram.redirectTo({
      url: `/pages/web-view/web-view?to=${encodeURIComponent(to)}`,
      fail: () => reject(new Error('the native side did not open the web-view page')),
    })
  })
}
