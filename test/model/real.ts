import type { Order } from '../../contract/order.ts'
import type { PaymentLaunch, PaymentView } from '../../contract/payment.ts'
import { sweep } from '../../server/jobs/sweep.ts'
import { readLedger } from '../chaos/checker/read-ledger.ts'
import type { Ledger } from '../chaos/checker/records.ts'
import { gather } from '../chaos/people.ts'
import { createVirtualTime, type VirtualTime } from '../chaos/virtual-time.ts'
import { openBooks, type Books } from '../support/books.ts'
import { newKey, type ApiAnswer, type Customer } from '../support/customer.ts'
import { operatorOf, type Operator } from '../support/operator.ts'
import { decrypt } from '../support/sandbox-client.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'
import { stockOf } from '../support/stock.ts'
import { until } from '../support/until.ts'
import { openLine, type Letter, type Line } from './line.ts'
import { newModel, type Door, type Model } from './model.ts'
import type { Seen, SeenOrder } from './seen.ts'

/** The one product that is bought. */
export const product = { id: 'cup-celadon', priceFen: 5_800 }

/** The system that is measured: our server on PostgreSQL, the sandbox as its WeChat, one customer, one operator. */
export interface Real {
  line: Line
  /** Begins a run: fair weather, nothing ordered, so many pieces. */
  begin(pieces: number): Promise<Model>
  order(quantity: number): Promise<ApiAnswer<Order>>
  cancelOrder(orderId: string): Promise<number>
  /** Asks to pay an order by a door and keeps what opens the cashier. */
  prepay(orderId: string, door: Door): Promise<{ status: number; number: string | null; isOpened: boolean }>
  /** Asks for what opens the cashier of an attempt, at its own door. */
  launch(number: string): Promise<number>
  /** At the cashier, with what was kept. True: WeChat has the money. */
  pay(number: string): Promise<boolean>
  cancel(number: string): Promise<void>
  /** Every notification about these payments arrives, all at once, in so many copies. */
  notify(numbers: string[], copies: number): Promise<void>
  /** The client came back and asks. */
  check(number: string, hint: 'ok' | 'cancel'): Promise<number>
  /** The merchant's staff closes it in WeChat's console, where they see what WeChat has heard of. True: it is closed. */
  closeElsewhere(number: string): Promise<boolean>
  refund(orderId: string, amountFen: number | undefined): Promise<number>
  reprice(orderId: string, totalFen: number): Promise<number>
  restart(): Promise<void>
  /** Business time goes on in such steps, and the sweep with it. */
  moveTo(atMs: number, stepMs: number): Promise<void>
  /** Everything that is due now is done. */
  settle(): Promise<void>
  look(orderIds: string[]): Promise<Seen>
  /** How often the server was dropped in the middle of a call. */
  crashes(): number
  databaseUrl: string
  sandboxUrl: string
  close(): Promise<void>
}

/** Opens it on a database of its own. */
export async function openReal(database: { url: string; drop(): Promise<void> }): Promise<Real> {
  const time = createVirtualTime(Date.now())
  let line: Line | undefined
  let crashes = 0
  let isDown = false
  const shop: Shop = await openShop({
    database,
    server: { clock: { now: () => new Date(time.nowMs()) }, isHandWound: true },
    between: async (server, sandbox) => {
      const { apiV3Key } = sandbox.merchant(mchid)
      line = await openLine({
        wechat: sandbox.url,
        server,
        // From here on nothing that it still computes can be written down: to the rows it is dead.
        kill: async () => {
          isDown = true
          crashes += 1
          await shop.server.services.db.destroy()
        },
        read: (passing) => {
          const { id, resource } = JSON.parse(passing.body.toString())
          return { id, about: JSON.parse(decrypt(apiV3Key, resource)).out_trade_no }
        },
      })
      return line
    },
  })
  let restarts = 0
  let restarting: Promise<void> | undefined
  const restart = async () => {
    await shop.restart()
    isDown = false
    restarts += 1
    restarting = undefined
  }
  /** Whoever loses the server in the middle of a request waits for its return and asks the same once more. */
  const insist: Insist = async (ask) => {
    for (;;) {
      const before = restarts
      const [answer] = await Promise.allSettled([ask()])
      if (isDown) await (restarting ??= restart())
      else if (restarts > before) continue
      else if (answer.status === 'fulfilled') return answer.value
      else throw answer.reason
    }
  }
  await shop.sandbox.control('/clock', { frozen: true, at: new Date(time.nowMs()).toISOString() })
  const [customer] = await gather(shop, 1)
  const books = await openBooks(shop)
  return {
    ...customerActs(shop, line!, customer!, books, insist),
    ...operatorActs(operatorOf(shop), insist),
    ...timeActs(shop, time, insist),
    line: line!,
    begin: async (pieces) => {
      await shop.sandbox.control('/users/person-1', { balanceFen: 100_000_000 })
      await stockOf(books).leave(product.id, pieces)
      Object.assign(line!, { fareOf: () => 'fair', deadly: null })
      line!.letters.clear()
      return newModel(time.nowMs(), pieces)
    },
    look: async (orderIds) => {
      const orders = await insist(() => Promise.all(orderIds.map((id) => operatorOf(shop).order(id))))
      const ledger = await readLedger(shop.sandbox.url, mchid)
      return {
        piecesLeft: await stockOf(books).left(product.id),
        orders: orders.map((order) => seenOrder(order, ledger)),
      }
    },
    crashes: () => crashes,
    databaseUrl: shop.databaseUrl,
    sandboxUrl: shop.sandbox.url,
    async close() {
      await books.close()
      await shop.close()
      await line!.close()
    },
  }
}

type Insist = <T>(ask: () => Promise<T>) => Promise<T>

function customerActs(
  shop: Shop,
  line: Line,
  doors: { miniProgram: Customer; officialAccount: Customer },
  books: Books,
  insist: Insist,
): Pick<
  Real,
  'order' | 'cancelOrder' | 'prepay' | 'launch' | 'pay' | 'cancel' | 'notify' | 'check' | 'closeElsewhere'
> {
  /** What opens the cashier of a payment. */
  const handles = new Map<string, { prepayId: string } | { codeUrl: string }>()
  const atCashier = (number: string, outcome: 'paid' | 'cancelled') =>
    shop.sandbox.control('/pay', { ...handles.get(number), user: doors.miniProgram.user, outcome })
  const lettersAbout = (numbers: string[]): Letter[] =>
    [...line.letters.values()].filter(({ about }) => numbers.includes(about))
  return {
    order: async (quantity) => {
      const key = newKey()
      const body = { lines: [{ productId: product.id, quantity }] }
      return insist(() => doors.miniProgram.post<Order>('/orders', body, key))
    },
    cancelOrder: async (orderId) => {
      const { status } = await insist(async () => {
        // A minute of machine time goes by: the limit on cancels counts anew.
        await books.rows(`delete from rate_counters where purpose like 'cancels%'`)
        return doors.officialAccount.post(`/orders/${orderId}/cancel`)
      })
      return status
    },
    prepay: async (orderId, door) => {
      const client = door === '02' ? doors.miniProgram : doors.officialAccount
      const { status, body } = await insist(() =>
        client.post<PaymentView>(`/orders/${orderId}/payments`, { collectBy: door }),
      )
      if (status >= 300) return { status, number: null, isOpened: false }
      const launch = await insist(() => client.post<PaymentLaunch>(`/payments/${body.id}/launch`))
      if (launch.status >= 300) return { status, number: body.id, isOpened: false }
      handles.set(body.id, handleOf(launch.body))
      return { status, number: body.id, isOpened: true }
    },
    launch: async (number) => {
      const client = number.startsWith('02') ? doors.miniProgram : doors.officialAccount
      const { status, body } = await insist(() => client.post<PaymentLaunch>(`/payments/${number}/launch`))
      if (status < 300) handles.set(number, handleOf(body))
      return status
    },
    pay: async (number) => {
      const { status, body } = await atCashier(number, 'paid')
      const isTaken = status === 200 && body.result === 'ok'
      if (isTaken) await until(async () => lettersAbout([number]).length > 0)
      return isTaken
    },
    cancel: async (number) => void (await atCashier(number, 'cancelled')),
    notify: async (numbers, copies) => {
      const letters = Array.from({ length: copies }, () => lettersAbout(numbers)).flat()
      const statuses = await insist(() => Promise.all(letters.map((letter) => line.deliver(letter))))
      if (statuses.some((status) => status !== 200))
        throw new Error(`notifications answered ${statuses.join()}`)
    },
    check: async (number, hint) => {
      const { status } = await insist(async () => {
        // Two seconds of machine time go by, also for a client that asks again: the server asks WeChat anew.
        await books.rows('update payments set asked_at = null where out_trade_no = $1', [number])
        return doors.miniProgram.post(`/payments/${number}/check`, { hint })
      })
      return status
    },
    closeElsewhere: async (number) => {
      const { trades } = await readLedger(shop.sandbox.url, mchid)
      if (!trades.some(({ outTradeNo }) => outTradeNo === number)) return false
      const path = `/v3/pay/transactions/out-trade-no/${number}/close`
      return (await shop.sandbox.call(mchid, 'POST', path, { mchid })).status === 204
    },
  }
}

function handleOf(launch: PaymentLaunch): { prepayId: string } | { codeUrl: string } {
  if ('codeUrl' in launch) return { codeUrl: launch.codeUrl }
  if ('package' in launch) return { prepayId: launch.package.replace('prepay_id=', '') }
  throw new Error(`nobody opens ${launch.way} here`)
}

const operatorActs = (operator: Operator, insist: Insist): Pick<Real, 'refund' | 'reprice'> => ({
  refund: async (orderId, amountFen) => {
    const key = newKey()
    const body = { ...(amountFen !== undefined && { amountFen }), reason: '顾客不要了' }
    return (await insist(() => operator.post(`/orders/${orderId}/refunds`, body, key))).status
  },
  reprice: async (orderId, totalFen) =>
    (await insist(() => operator.post(`/orders/${orderId}/price`, { totalFen, reason: '老顾客' }))).status,
})

function timeActs(
  shop: Shop,
  time: VirtualTime,
  insist: Insist,
): Pick<Real, 'restart' | 'moveTo' | 'settle'> {
  const settle = async () => {
    while ((await insist(() => sweep(shop.server.services))) > 0);
  }
  return {
    settle,
    restart: () => shop.restart(),
    async moveTo(atMs, stepMs) {
      while (time.nowMs() < atMs) {
        const nextMs = Math.min(atMs, time.nowMs() + stepMs)
        await shop.sandbox.control('/clock', { at: new Date(nextMs).toISOString() })
        time.moveTo(nextMs)
        await settle()
      }
    },
  }
}

function seenOrder({ order, payments }: Awaited<ReturnType<Operator['order']>>, ledger: Ledger): SeenOrder {
  return {
    state: order.state,
    totalFen: order.totalFen,
    payments: payments.toReversed().map(({ id, amountFen, state, kept, reservedFen, refundedFen }) => {
      const trade = ledger.trades.find(({ outTradeNo }) => outTradeNo === id)
      const refunds = ledger.refunds.filter(({ outTradeNo }) => outTradeNo === id)
      const sumOf = (statuses: string[]) =>
        refunds
          .filter(({ status }) => statuses.includes(status))
          .reduce((sum, refund) => sum + refund.amountFen, 0)
      const seenTrade = trade && {
        isPaid: trade.tradeState === 'SUCCESS' || trade.tradeState === 'REFUND',
        amountFen: trade.amountFen,
        givingBackFen: sumOf(['PROCESSING', 'SUCCESS']),
        givenBackFen: sumOf(['SUCCESS']),
      }
      return { number: id, amountFen, state, kept, reservedFen, refundedFen, trade: seenTrade ?? null }
    }),
  }
}
