import pg from 'pg'
import type { Books } from './records.ts'

/** Money and counts are bigint in the tables; a double holds every fen there can be. */
const number = (text: string | null) => Number(text)
const moment = (date: Date | null) => date?.getTime() ?? null

/** Reads the merchant's tables in one snapshot, so that what moves meanwhile is not half there. */
export async function readBooks(databaseUrl: string): Promise<Books> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const rows = async (text: string) => (await client.query(text)).rows
    return {
      orders: (await rows('select order_id, state, total_fen, version from orders')).map((row) => ({
        orderId: row.order_id,
        state: row.state,
        totalFen: number(row.total_fen),
        version: row.version,
      })),
      payments: (await rows('select * from payments')).map((row) => ({
        orderId: row.order_id,
        outTradeNo: row.out_trade_no,
        state: row.state,
        kept: row.kept,
        mchid: row.mchid,
        appid: row.appid,
        openid: row.openid,
        amountFen: number(row.amount_fen),
        transactionId: row.transaction_id,
        paidAtMs: moment(row.paid_at),
        launchedAtMs: moment(row.launched_at),
        hasHandle: row.handle !== null,
        version: row.version,
        reservedFen: number(row.reserved_fen),
        refundedFen: number(row.refunded_fen),
      })),
      refunds: (await rows('select * from refunds')).map((row) => ({
        orderId: row.order_id,
        outTradeNo: row.out_trade_no,
        outRefundNo: row.out_refund_no,
        state: row.state,
        amountFen: number(row.amount_fen),
        version: row.version,
        key: row.idempotency_key,
      })),
      requests: (await rows('select * from refund_requests')).map((row) => ({
        orderId: row.order_id,
        requestId: row.request_id,
        state: row.state,
        version: row.version,
      })),
      steps: (await rows('select * from history')).map((row) => ({
        orderId: row.order_id,
        subject: row.subject,
        subjectNo: row.subject_no,
        version: row.version,
        atMs: row.at.getTime(),
        event: row.event,
        fromState: row.from_state,
        toState: row.to_state,
        evidence: row.evidence,
      })),
      products: (await rows('select id, stock, held from products')).map((row) => ({
        productId: row.id,
        stock: row.stock,
        held: row.held,
      })),
      lines: (await rows('select order_id, product_id, quantity, held from order_lines')).map((row) => ({
        orderId: row.order_id,
        productId: row.product_id,
        quantity: row.quantity,
        held: row.held,
      })),
      events: (await rows('select event_id, type, order_id, subject_no from shop_events')).map((row) => ({
        eventId: row.event_id,
        type: row.type,
        orderId: row.order_id,
        subjectNo: row.subject_no,
      })),
      deliveries: (await rows('select event_id, state from deliveries')).map((row) => ({
        eventId: row.event_id,
        state: row.state,
      })),
      wantedEvents: (await rows('select distinct unnest(event_types) as type from subscribers')).map(
        (row) => row.type,
      ),
      anomalies: (await rows('select * from anomalies')).map((row) => ({
        anomalyId: row.anomaly_id,
        outTradeNo: row.out_trade_no,
        kind: row.kind,
        state: row.state,
        version: row.version,
        outRefundNo: row.particulars.outRefundNo ?? null,
      })),
      inbox: (await rows('select notification_id from notifications')).map((row) => row.notification_id),
      unsettled: (await rows('select notification_id from notifications where settled_at is null')).map(
        (row) => row.notification_id,
      ),
    }
  } finally {
    await client.end()
  }
}
