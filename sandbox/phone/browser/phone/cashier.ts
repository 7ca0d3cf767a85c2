import type { Dialogs, PaymentEnding } from '../device.ts'
import { shownYuan } from '../../../world/shown-yuan.ts'
import { element } from '../element.ts'
import {
  type CashierOutcome,
  type CashierRefusal,
  type OpenCashier,
  type PaymentLaunch,
  sandbox,
} from '../sandbox.ts'
import { takeFocus } from './take-focus.ts'

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
  /** The sheet slides over what opened it, or away again. */
  cover(isCovered: boolean): void
  /** WeChat dies with everything in it. */
  killWeChat(): void
}

/** WeChat's cashier on one phone. */
export interface Cashier {
  /**
   * Opens it for a person in an app. The promise never settles when the answer is lost.
   * @param page the address of the web page that asks; none: a mini-program does
   */
  pay(user: string, appid: string, launch: PaymentLaunch, page?: string): Promise<PaymentEnding>
  /** Opens what a scanned code or a browser's page leads to: weixin://wxpay/bizpayurl…, weixin://wap/pay?… */
  payLink(user: string, link: string): Promise<PaymentEnding>
  /** WeChat was closed over it. */
  forget(): void
}

/** A cashier that draws its sheet and its sentences into `layer`. */
export function createCashier(parts: CashierParts): Cashier {
  let isBusy = false
  const run = async (open: () => Promise<OpenCashier | CashierRefusal>): Promise<PaymentEnding> => {
    // Two cashiers at once exist on no phone.
    if (isBusy) return { is: 'fail', detail: 'the cashier is open already' }
    isBusy = true
    const opened = await open().catch(inWords)
    const ending = 'errMsg' in opened ? await refuse(parts.dialogs, opened) : await serve(parts, opened)
    isBusy = false
    return ending === 'none' ? new Promise<never>(() => {}) : ending
  }
  return {
    pay: (user, appid, launch, page) => run(() => sandbox.openCashier(user, appid, launch, page)),
    payLink: (user, link) => run(() => sandbox.openPayLink(user, link)),
    forget() {
      isBusy = false
    },
  }
}

/** The cashier over the program, from sheet to last sentence; 'none': the program will never hear of it. */
async function serve(parts: CashierParts, opened: OpenCashier): Promise<PaymentEnding | 'none'> {
  const sheet = drawSheet(opened)
  parts.layer.append(sheet.veil)
  const giveBack = takeFocus(sheet.veil.firstElementChild as HTMLElement)
  parts.cover(true)
  const ending = await letChoose(parts.dialogs, sheet, opened.cashierId)
  if (ending === 'killed') {
    parts.killWeChat()
    return 'none'
  }
  parts.cover(false)
  giveBack()
  return ending
}

/** The person chooses until one choice closes the sheet. */
async function letChoose(
  dialogs: Dialogs,
  sheet: ReturnType<typeof drawSheet>,
  cashierId: string,
): Promise<PaymentEnding | 'none' | 'killed'> {
  for (;;) {
    const outcome = await sheet.choice()
    sheet.setBusy(true)
    const answer = await sandbox.act(cashierId, outcome).catch(inWords)
    sheet.setBusy(false)
    const isRetryable = !('errMsg' in answer) && !answer.isOver && RETRYABLE.includes(outcome)
    if (isRetryable && answer.result === 'fail') {
      await say(dialogs, answer.message ?? '支付失败')
      continue
    }
    sheet.veil.remove()
    if (outcome === 'killed') return 'killed'
    if ('errMsg' in answer) return refuse(dialogs, answer)
    if (answer.result === 'fail')
      return refuse(dialogs, { errMsg: answer.message ?? '', message: answer.message ?? '' })
    return answer.result === 'none' ? 'none' : { is: answer.result }
  }
}

async function refuse(dialogs: Dialogs, { errMsg, message, reason }: CashierRefusal): Promise<PaymentEnding> {
  if (reason !== undefined) console.warn(`[phone] the cashier refuses: ${reason}`)
  await say(dialogs, message, reason)
  return { is: 'fail', detail: errMsg }
}

function say(dialogs: Dialogs, content: string, note = ''): Promise<boolean> {
  return dialogs.showModal({
    note,
    title: '',
    content,
    confirmText: '知道了',
    cancelText: '',
    showCancel: false,
  })
}

/** The sandbox itself could not be asked. */
function inWords(error: Error): CashierRefusal {
  return { errMsg: error.message, message: error.message }
}

function drawSheet(opened: OpenCashier) {
  let choose: (outcome: CashierOutcome) => void = () => {}
  const button = (classes: `button${string}`, outcome: CashierOutcome, label: string): HTMLElement =>
    element(classes as 'button', { type: 'button', onclick: () => choose(outcome) }, label)
  const rows = rowsOf(opened).flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)])
  const warning =
    opened.warning === undefined ? [] : [element('p.cashier-warning', { role: 'note' }, opened.warning)]
  const sheet = element(
    '.sheet.cashier',
    { role: 'dialog', 'aria-modal': 'true', 'aria-label': '微信支付' },
    element('header', {}, element('i.cashier-logo'), element('span', {}, '微信支付')),
    element('p.cashier-merchant', {}, opened.merchantName),
    element('p.cashier-amount', {}, element('small', {}, '¥'), shownYuan(opened.amountFen)),
    element('dl', {}, ...rows),
    ...warning,
    button('button.cashier-pay', 'paid', '立即支付'),
    button('button.cashier-cancel', 'cancelled', '取消支付'),
    element(
      'details.cashier-tray',
      {},
      element('summary', {}, '给开发者：不顺利的结局'),
      element('div', {}, ...UNHAPPY.map(([outcome, label]) => button('button', outcome, label))),
    ),
  )
  return {
    veil: element('.veil', {}, sheet),
    choice: () => new Promise<CashierOutcome>((resolve) => (choose = resolve)),
    setBusy: (isBusy: boolean) => sheet.toggleAttribute('inert', isBusy),
  }
}

/** What the sheet says beside the amount. The insurance's part is settled by the insurance, the rest by the purse. */
function rowsOf({ description, amountFen, insuranceFen, balanceFen }: OpenCashier): [string, string][] {
  const purse = `零钱（剩余 ¥${shownYuan(balanceFen)}）`
  if (insuranceFen === undefined)
    return [
      ['商品', description],
      ['支付方式', purse],
    ]
  return [
    ['项目', description],
    ['费用总额', `¥${shownYuan(amountFen + insuranceFen)}`],
    ['医保支付', `−¥${shownYuan(insuranceFen)}`],
    ['还需自付', `¥${shownYuan(amountFen)}`],
    ['支付方式', amountFen === 0 ? '医保' : `医保 + ${purse}`],
  ]
}
