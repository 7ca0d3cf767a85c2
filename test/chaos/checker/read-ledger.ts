import type { Ledger } from './records.ts'

/** What GET /_sandbox/ledger answers, as far as it is compared. */
interface Answer {
  trades: {
    mchid: string
    appid: string
    outTradeNo: string
    transactionId: string | null
    tradeState: string
    amountFen: number
    payerOpenid: string | null
    paidAt: string | null
  }[]
  refunds: Ledger['refunds']
}

/** Reads one merchant's trades and refunds at the sandbox. Throws when it does not answer. */
export async function readLedger(sandboxUrl: string, mchid: string): Promise<Ledger> {
  const answer = await fetch(`${sandboxUrl}/_sandbox/ledger?mchid=${encodeURIComponent(mchid)}`)
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: is it still running?`)
  const { trades, refunds } = (await answer.json()) as Answer
  return {
    trades: trades.map(({ paidAt, ...trade }) => ({
      ...trade,
      paidAtMs: paidAt === null ? null : Date.parse(paidAt),
    })),
    refunds,
  }
}
