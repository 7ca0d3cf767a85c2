import { answerWithin } from './answer-within.ts'
import { bridgeReady } from './bridge.ts'
import { currentEnvironment } from './environment.ts'

/** Whether a native mini-program page holds this page. Waits for the bridge of WeChat or WeCom, since iOS tells only then. */
export async function isHeldByMiniProgram(): Promise<boolean> {
  if (currentEnvironment() === 'mini-program') return true
  if (!currentEnvironment().startsWith('we')) return false
  await bridgeReady()
  return currentEnvironment() === 'mini-program'
}

/** WeChat's SDK, loaded only when it is needed: it reads the user agent as it loads and does nothing outside WeChat. */
export const weixinSdk = () => import('weixin-js-sdk')

/**
 * Asks the native side to open its web-view page again at `to`, with a fresh ticket. This page ends when it works.
 * Rejects when the native side refuses or stays silent.
 */
export async function reopenWithFreshTicket(to: string): Promise<never> {
  const { miniProgram } = (await weixinSdk()).default
  const isOpening = await answerWithin<boolean>(
    (answer) =>
      miniProgram.redirectTo({
        url: `/pages/web-view/web-view?to=${encodeURIComponent(to)}`,
        success: () => answer(true),
        fail: () => answer(false),
      }),
    () => false,
  )
  if (!isOpening) throw new Error('the native side did not open the web-view page')
  return new Promise<never>(() => {})
}
