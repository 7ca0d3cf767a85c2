import type { Dialogs, PaymentEnding } from '../device.ts'
import { element } from '../element.ts'
import { type CashierOutcome, type OpenCashier, type PaymentLaunch, sandbox } from '../sandbox.ts'

/** Endings that a developer must be able to try, in the words of the person at the phone. */
const UNHAPPY: readonly [CashierOutcome, string][] = [
  ['wrong-password', '密码错误'],
  ['not-enough', '余额不足'],
  ['risk', '风险拦截'],
  ['killed', '关闭微信'],
  ['lost', '支付成功但没有回音'],
]

/** After these the person may try again at the same cashier, as at WeChat. */
const RETRYABLE: readonly CashierOutcome[] = ['paid', 'wrong-password', 'not-enough']

interface CashierParts {
  layer: HTMLElement
  dialogs: Dialogs
  /** WeChat dies with everything in it. */
  killWeChat(): void
}

/**
 * WeChat's cashier on one phone.
 * @returns opens it for a person in an app; the promise never settles when the answer is lost
 */
export function createCashier({ layer, dialogs, killWeChat }: CashierParts) {
  const say = (content: string): Promise<boolean> =>
    dialogs.showModal({ title: '', content, confirmText: '知道了', cancelText: '', showCancel: false })
  let isBusy = false

  return async (user: string, appid: string, launch: PaymentLaunch): Promise<PaymentEnding> => {
    // Two cashiers at once exist on no phone.
    if (isBusy) return { is: 'fail', detail: '(requestPayment is already open)' }
    isBusy = true
    try {
      const opened = await sandbox
        .openCashier(user, appid, launch)
        .catch((error: Error) => ({ errMsg: error.message, message: error.message }))
      if ('errMsg' in opened) {
        await say(opened.message)
        return { is: 'fail', detail: opened.errMsg }
      }
      return await serve(opened)
    } finally {
      isBusy = false
    }
  }

  async function serve(opened: OpenCashier): Promise<PaymentEnding> {
    const sheet = drawSheet(opened)
    layer.append(sheet.veil)
    try {
      for (;;) {
        const outcome = await sheet.choice()
        sheet.setBusy(true)
        const answer = await sandbox
          .act(opened.cashierId, outcome)
          .catch((error: Error) => ({ errMsg: error.message, message: error.message }))
        sheet.setBusy(false)
        if ('errMsg' in answer) {
          await say(answer.message)
          return { is: 'fail', detail: answer.errMsg }
        }
        if (answer.result === 'fail') {
          await say(answer.message ?? '支付失败')
          if (RETRYABLE.includes(outcome)) continue
          return { is: 'fail', detail: `(${answer.message ?? 'fail'})` }
        }
        if (answer.result === 'none') {
          sheet.veil.remove()
          isBusy = false
          if (outcome === 'killed') killWeChat()
          return await new Promise<never>(() => {})
        }
        if (answer.result === 'ok')
          dialogs.showToast({ title: '支付成功', icon: 'success', durationMs: 1200, mask: false })
        return { is: answer.result }
      }
    } finally {
      sheet.veil.remove()
    }
  }
}

function drawSheet(opened: OpenCashier) {
  let choose: (outcome: CashierOutcome) => void = () => {}
  const act = (outcome: CashierOutcome) => (): void => choose(outcome)
  const tray = element(
    'details.cashier-tray',
    {},
    element('summary', {}, '给开发者：不顺利的结局'),
    element(
      'div',
      {},
      ...UNHAPPY.map(([outcome, label]) =>
        element('button', { type: 'button', onclick: act(outcome) }, label),
      ),
    ),
  )
  const cancel = element('button.cashier-cancel', { type: 'button', onclick: act('cancelled') }, '取消支付')
  const sheet = element(
    '.sheet.cashier',
    { role: 'dialog', 'aria-modal': 'true', 'aria-label': '微信支付' },
    element('header', {}, element('i.cashier-logo'), element('span', {}, '微信支付')),
    element('p.cashier-merchant', {}, opened.merchantName),
    element('p.cashier-amount', {}, element('small', {}, '¥'), yuan(opened.amountFen)),
    element(
      'dl',
      {},
      element('dt', {}, '商品'),
      element('dd', {}, opened.description),
      element('dt', {}, '支付方式'),
      element('dd', {}, `零钱（剩余 ¥${yuan(opened.balanceFen)}）`),
    ),
    element('button.cashier-pay', { type: 'button', onclick: act('paid') }, '立即支付'),
    cancel,
    tray,
  )
  return {
    veil: element('.veil', {}, sheet),
    choice: () => new Promise<CashierOutcome>((resolve) => (choose = resolve)),
    setBusy: (isBusy: boolean) => sheet.toggleAttribute('inert', isBusy),
  }
}

function yuan(fen: number): string {
  return (fen / 100).toFixed(2)
}
