import type { MiniProgramLaunch, Payment, PaymentHint } from '../../../contract/payment'
import { openCashier, type CashierAnswer } from '../../platform/cashier'
import { copyText } from '../../platform/clipboard'
import { cashierNeedsTap, textSizeClass } from '../../platform/device'
import { backToWebView, goHome, replaceWithWebView } from '../../platform/navigation'
import { priceText } from '../../services/fen'
import { checkPayment, getPayment, launchPayment } from '../../services/payments'
import { pause } from '../../services/retry'
import { words } from '../../words/words'
import { zh } from '../../words/zh'
import {
  cashierObstacle,
  payNumbers,
  payScreen,
  statusOf,
  statusOfTrouble,
  type PayAction,
  type PayNumber,
  type PayScreen,
  type PayState,
  type PayStatus,
} from './pay-screen'
import { clockText, endOf, lastMinuteMs } from './time-left'

/** Launch parameters are fetched anew after this long: WeChat honours their prepay_id for two hours only. */
const launchKeepsMs = 10 * 60_000

/** The page is back in front, so the cashier is closed: its answer comes now, or is lost. */
const answerFollowsMs = 1_000

/** Where no onShow comes, this long is enough for a password; who needs longer notices nothing under the cashier. */
const answerOverdueMs = 10_000

/** How long the way back may wait for the server's answer; the result page asks again anyway. */
const checkPatienceMs = 2_000

Page({
  data: {
    words: zh,
    textSize: '',
    state: 'preparing' as PayState,
    screen: payScreen({ state: 'preparing' }, false, zh),
    amount: '',
    description: '',
    /** Empty when there is nothing to wait for. */
    timeLeft: '',
    numbers: [] as PayNumber[],
  },

  paymentId: '',
  orderId: '',
  launch: null as MiniProgramLaunch | null,
  launchFetchedAtMs: 0,
  timer: 0,
  /** Milliseconds of the phone's clock; null when the server did not tell its time. */
  endsAtMs: null as number | null,
  clock: 0,
  gone: false,

  onLoad(query: { payment?: string }) {
    this.setData({ words: words(), textSize: textSizeClass() })
    wx.setNavigationBarTitle({ title: this.data.words.pay.pageTitle })
    this.paymentId = query.payment ?? ''
    void this.prepare('then-open-cashier')
  },

  /** Opens no cashier, ever: coming back here must not be able to pay twice. */
  onShow() {
    if (this.data.state === 'waiting') this.expectAnswer(answerFollowsMs)
    if (this.data.state === 'idle' && this.launchIsOld()) void this.prepare('then-wait-for-tap')
  },

  onUnload() {
    this.gone = true
    clearTimeout(this.timer)
    clearTimeout(this.clock)
    // Left without opening the cashier: with the hint the result page need not wait to say 未支付.
    if (this.data.state === 'idle') void this.tellServer('cancel')
  },

  /** Asks the server what this payment is and whether it may be launched; nothing is taken from the page's own address. */
  async prepare(then: 'then-open-cashier' | 'then-wait-for-tap') {
    this.show({ state: 'preparing' })
    const status = await this.fetchLaunch()
    if (this.gone) return
    this.show(status)
    if (status.state !== 'idle') return
    if (then === 'then-open-cashier' && !cashierNeedsTap()) this.pay()
    else this.timer = setTimeout(() => void this.prepare('then-wait-for-tap'), launchKeepsMs)
  },

  async fetchLaunch(): Promise<PayStatus> {
    if (!this.paymentId) return { state: 'failed', failure: 'no-payment' }
    try {
      const payment = await getPayment(this.paymentId)
      this.orderId = payment.orderId
      this.endsAtMs = endOf(payment, Date.now())
      this.setData({ amount: priceText(payment.amountFen), description: payment.description })
      const stopped = statusOf(payment)
      if (stopped) return stopped
      this.launch = await launchPayment(this.paymentId)
      this.launchFetchedAtMs = Date.now()
      return { state: 'idle' }
    } catch (thrown) {
      return statusOfTrouble(thrown)
    }
  },

  launchIsOld(): boolean {
    return Date.now() - this.launchFetchedAtMs > launchKeepsMs
  },

  /** Hands over to WeChat's cashier within the tap that asked for it. */
  pay() {
    if (this.data.state !== 'idle' || !this.launch) return
    if (this.launchIsOld()) return void this.prepare('then-open-cashier')
    const answer = openCashier(this.launch)
    this.show({ state: 'waiting' })
    this.expectAnswer(answerOverdueMs)
    void answer.then((given) => this.afterCashier(given))
  },

  expectAnswer(withinMs: number) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.missAnswer(), withinMs)
  },

  /** It may be paid already, so 查看结果 is offered and nothing else; if the server knows it as paid, no tap is needed. */
  async missAnswer() {
    this.show({ state: 'waiting', overdue: true })
    const payment = await this.tellServer()
    if (payment?.state === 'paid' && this.data.state === 'waiting' && !this.gone)
      await this.leave(this.resultPath())
  },

  /** Whatever the client says makes the server ask WeChat; only what the server then knows counts. */
  async afterCashier({ hint, errMsg }: CashierAnswer) {
    if (this.data.state !== 'waiting') return void this.tellServer(hint)
    const obstacle = hint === 'fail' ? cashierObstacle(errMsg) : null
    if (obstacle === 'needs-tap') return this.show({ state: 'idle', overdue: true })
    if (obstacle === 'blocked') {
      void this.tellServer(hint)
      return this.show({ state: 'failed', failure: 'blocked' })
    }
    await this.check(hint)
  },

  async check(hint?: PaymentHint) {
    this.show({ state: 'checking' })
    await Promise.race([this.tellServer(hint), pause(checkPatienceMs)])
    if (!this.gone) await this.leave(this.resultPath())
  },

  /** A lost "ask now" costs seconds, never money: the server's own ladder of queries finds the payment. */
  async tellServer(hint?: PaymentHint): Promise<Payment | null> {
    try {
      return await checkPayment(this.paymentId, hint)
    } catch (reason) {
      console.warn('the server could not be told', reason)
      return null
    }
  },

  resultPath(): string {
    return `/orders/${this.orderId}/result`
  },

  /** To the web-view below, where the result page waits, or to a fresh one in place of this page. */
  async leave(path: string) {
    try {
      if (!(await backToWebView())) await replaceWithWebView(path)
    } catch (reason) {
      console.warn('could not leave the pay page', reason)
      this.show({ state: 'checking', overdue: true })
    }
  },

  onAction(event: WechatMiniprogram.TouchEvent) {
    const act: Record<PayAction, () => void> = {
      confirm: () => this.pay(),
      reload: () => void this.prepare('then-open-cashier'),
      'see-result': () => void this.check(),
      'see-order': () => void this.leave(`/orders/${this.orderId}`),
      // The order's page, and the result page that may wait below, offer its lines for a new order.
      'order-again': () => void this.leave(`/orders/${this.orderId}`),
      'see-orders': () => void replaceWithWebView('/orders'),
      'go-home': () => void goHome(),
    }
    act[event.currentTarget.dataset.action as PayAction]()
  },

  async onCopy(event: WechatMiniprogram.TouchEvent) {
    try {
      await copyText(String(event.currentTarget.dataset.number))
    } catch (reason) {
      console.warn('the number was not copied', reason)
      wx.showToast({ title: this.data.words.pay.copyFailed, icon: 'none' })
    }
  },

  show(status: PayStatus) {
    clearTimeout(this.timer)
    if (status.orderId) this.orderId = status.orderId
    const { words } = this.data
    const screen: PayScreen = payScreen(status, this.orderId !== '', words)
    const numbers = payNumbers(this.orderId, this.paymentId, words)
    this.setData({ state: status.state, screen, numbers })
    this.countDown()
  },

  /** Tells each second how long the customer may still pay. */
  countDown() {
    clearTimeout(this.clock)
    const isOpen = this.data.state === 'idle' || this.data.state === 'waiting'
    if (!isOpen || this.endsAtMs === null) return this.setData({ timeLeft: '' })
    const leftMs = this.endsAtMs - Date.now()
    this.setData({ timeLeft: clockText(leftMs) })
    if (leftMs <= 0) return
    const wasInTime = leftMs > lastMinuteMs
    this.clock = setTimeout(() => this.tick(wasInTime), leftMs % 1_000 || 1_000)
  },

  /** As the last minute begins, the server is asked anew, once: it opens no cashier any more and says why. */
  tick(wasInTime: boolean) {
    const isLate = this.endsAtMs !== null && this.endsAtMs - Date.now() <= lastMinuteMs
    if (this.data.state === 'idle' && wasInTime && isLate) void this.prepare('then-wait-for-tap')
    else this.countDown()
  },
})
