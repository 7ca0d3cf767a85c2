import { setTimeout as pause } from 'node:timers/promises'
import type { NotificationRecord } from '../world/inbox.ts'
import { control } from './control-client.ts'
import { anySandbox } from './find-sandbox.ts'
import { Misused } from './misused.ts'
import { TRIGGER_EVENTS, findTriggerEvent } from './trigger-events.ts'
import { payNewOrder } from './trigger-order.ts'
import type { PaidOrder } from './trigger-order.ts'

/** What `trigger` is told. */
export interface TriggerOptions {
  event: string
  to: string
  sandbox: string | undefined
  mchid: string | undefined
}

/** Nobody listens on the discard port. */
const NOWHERE = 'http://127.0.0.1:9/'

/**
 * Places an order, pays it and, if asked to, refunds it; the notification goes to that address, encrypted and signed as
 * WeChat's. Prints what was sent and what came back. Resolves with the exit code: 1 when it was not accepted.
 */
export async function trigger({ event: name, to, sandbox: given, mchid }: TriggerOptions): Promise<number> {
  const event = findTriggerEvent(name)
  if (event === undefined) {
    throw new Misused(`trigger knows no "${name}": there are ${Object.keys(TRIGGER_EVENTS).join(', ')}.`)
  }
  const sandbox = await anySandbox(given)
  try {
    const { isCombined, refundEnd } = event
    // A refund's order is paid for without a word: its own notification goes nowhere.
    const notifyUrl = refundEnd === null ? to : NOWHERE
    const order = await payNewOrder(sandbox.url, { mchid, isCombined, notifyUrl })
    if (refundEnd !== null) await refund(sandbox.url, order, to, refundEnd)
    return await report(sandbox.url, order.number, to)
  } finally {
    await sandbox.close()
  }
}

async function refund(
  sandbox: string,
  { mchid, number }: PaidOrder,
  notifyUrl: string,
  end: string,
): Promise<void> {
  const made = await control<{ refundId: string }>(sandbox, '/refunds', {
    mchid,
    outTradeNo: number,
    notifyUrl,
  })
  await control(sandbox, `/refunds/${made.refundId}`, { end })
}

const LOOK_EVERY_MS = 50
/** Longer than the five seconds that a merchant has to answer. */
const ATTEMPTED_WITHIN_MS = 8_000

/** Waits for the first attempt and prints it. */
async function report(sandbox: string, outTradeNo: string, to: string): Promise<number> {
  const isIt = (one: NotificationRecord) => one.outTradeNo === outTradeNo && one.url === to
  const deadline = Date.now() + ATTEMPTED_WITHIN_MS
  while (Date.now() < deadline) {
    const { notifications } = await control<{ notifications: NotificationRecord[] }>(
      sandbox,
      '/notifications',
    )
    const sent = notifications.find(isIt)
    const [attempt] = sent?.attempts ?? []
    if (sent && attempt) {
      const headers = Object.entries(attempt.headers).filter(([name]) => name.startsWith('Wechatpay-'))
      const lines = [
        `${sent.eventType} of ${outTradeNo} → POST ${to}`,
        ...headers.map(([name, value]) => `  ${name}: ${value}`),
        `  ${attempt.body}`,
        `resource in clear text\n  ${sent.resource}`,
        `← ${attempt.status ?? ''} ${attempt.verdict} ${attempt.answer}`.trimEnd(),
      ]
      process.stdout.write(`${lines.join('\n')}\n`)
      return attempt.verdict === 'accepted' ? 0 : 1
    }
    await pause(LOOK_EVERY_MS)
  }
  process.stderr.write(
    `No attempt was made within ${ATTEMPTED_WITHIN_MS / 1000} s: is the sandbox's clock frozen?\n`,
  )
  return 1
}
