import { bridgeReady } from './bridge.ts'
import { currentEnvironment } from './environment.ts'
import { loopGuard } from './loop-guard.ts'
import { phoneMemory } from './tab-memory.ts'

/** How long WeChat's bridge may take to come, before we say that we are not where we thought. */
const bridgeTimeoutMs = 3_000

/**
 * Remembered in the phone, not in the tab: each new web-view is a new tab to sessionStorage, which would never count to two.
 */
export const freshTicketGuard = loopGuard(phoneMemory, 'qiaofu.fresh-tickets', 2)

/** Whether a native mini-program page holds this page. Waits for the bridge, since iOS tells only then. */
export async function isHeldByMiniProgram(): Promise<boolean> {
  if (currentEnvironment() === 'mini-program') return true
  if (currentEnvironment() === 'elsewhere') return false
  await bridgeReady(bridgeTimeoutMs)
  return currentEnvironment() === 'mini-program'
}

/** WeChat's SDK, loaded only when it is needed: it reads the user agent as it loads and does nothing outside WeChat. */
export async function loadWeixinSdk() {
  return (await import('weixin-js-sdk')).default
}

/**
 * Asks the native side to open its web-view page again at `to`, with a fresh ticket. This page ends when it works.
 * Rejects when the native side refuses.
 */
export async function reopenWithFreshTicket(to: string): Promise<never> {
  const { miniProgram } = await loadWeixinSdk()
  return new Promise<never>((_resolve, reject) => {
    miniProgram.redirectTo({
      url: `/pages/web-view/web-view?to=${encodeURIComponent(to)}`,
      fail: () => reject(new Error('the native side did not open the web-view page')),
    })
  })
}
