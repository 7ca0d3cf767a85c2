import type { Pool } from 'pg'

const ACCOUNTS = 1_000

/**
 * The rows of one statement each, numbered from $1 to $2: a shop's past year, nine in ten orders paid and the others closed,
 * some paid ones refunded, everything told to a subscriber and over. What the server itself would have left behind.
 */
const statements = [
  `insert into accounts (id, created_at)
   select 'SEED' || lpad(i::text, 12, '0'), now() - interval '366 days' from generate_series(1, ${ACCOUNTS}) i
   where $1::int < $2::int
   on conflict do nothing`,
  `create temporary table seed on commit drop as
   select i, lpad(upper(to_hex(i)), 13, '0') as order_id, 'SEED' || lpad((1 + i % ${ACCOUNTS})::text, 12, '0') as account_id,
          i % 10 <> 0 as is_paid, i % 50 = 1 as is_refunded,
          now() - interval '1 day' - i % 31536000 * interval '1 second' as at,
          '02100261121000000' || lpad(upper(to_hex(i)), 13, '0') || '01' as out_trade_no
   from generate_series($1::int, $2::int) i`,
  `insert into orders (order_id, account_id, entry_code, goods_type, total_fen, state, version, payment_count,
                       created_at, expires_at, paid_at, closed_at)
   select order_id, account_id, '02', '00', 9900, case when is_paid then 'paid' else 'closed' end, 3, 1,
          at, at + interval '30 minutes', case when is_paid then at end, case when not is_paid then at end from seed`,
  `insert into order_lines (order_id, line_no, product_id, name, picture, unit_price_fen, quantity)
   select order_id, 1, 'longjing', '明前龙井', '/products/longjing.svg', 9900, 1 from seed`,
  `insert into order_requests (account_id, idempotency_key, request_hash, order_id, created_at)
   select account_id, 'seed-' || lpad(i::text, 16, '0'), sha256(order_id::bytea), order_id, at from seed`,
  `insert into payments (order_id, out_trade_no, account_id, entry_code, entry_kind, channel, mode, mchid, appid, way, openid,
                         amount_fen, description, notify_url, expires_at, prepay_body, state, version, created_at,
                         handle, handle_at, transaction_id, paid_at, kept, refunded_fen, refund_count)
   select order_id, out_trade_no, account_id, '02', 'mini-program', 'wechatpay', 'merchant', '1900000001', 'wx5a17d0c0ffee0002',
          'mini-program', 'o' || account_id, 9900, '明前龙井', 'https://shop.example/webhooks/wechatpay/1900000001',
          at + interval '30 minutes', repeat('x', 500), case when is_paid then 'paid' else 'closed' end, 3, at,
          'wx' || order_id, at, case when is_paid then '42000' || i end, case when is_paid then at end, is_paid,
          case when is_refunded then 9900 else 0 end, case when is_refunded then 1 else 0 end from seed`,
  `insert into refunds (order_id, out_refund_no, out_trade_no, origin, requested_by, amount_fen, request_body, state, version,
                        created_at, due_at, submitted_at, refund_id, succeeded_at)
   select order_id, overlay(out_trade_no placing '2' from 3), out_trade_no, 'operator', 'seed', 9900, '{}', 'succeeded', 4,
          at, at, at, '50000' || i, at from seed where is_refunded`,
  `insert into history (order_id, subject, subject_no, version, at, event, from_state, to_state, evidence)
   select order_id, subject, case subject when 'order' then order_id else out_trade_no end, version, at, 'seeded', null,
          case when is_paid then 'paid' else 'closed' end, '{"from": "notification"}'
   from seed, unnest(array['order', 'payment']) subject, generate_series(1, 3) version`,
  `insert into notifications (order_id, notification_id, mchid, channel, event_type, resource, received_at, settled_at, outcome)
   select order_id, gen_random_uuid()::text, '1900000001', 'wechatpay', 'TRANSACTION.SUCCESS',
          jsonb_build_object('out_trade_no', out_trade_no, 'padding', repeat('x', 600)), at, at, 'applied'
   from seed where is_paid`,
  `insert into shop_events (order_id, subject, subject_no, version, type, at, facts)
   select order_id, 'order', order_id, 3, 'order.paid', at, '{}' from seed where is_paid`,
  `insert into deliveries (order_id, event_id, subscriber, state, version, created_at, attempts, rung, delivered_at)
   select order_id, event_id, 'erp', 'delivered', 1, at, 1, 1, at from shop_events join seed using (order_id, at)`,
]

/** Fills the database up to so many orders, as if they had been placed and had ended over the past year. */
export async function seedOrders(pool: Pool, upTo: number): Promise<void> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from orders')
    const from = rows[0]!.count + 1
    if (from > upTo) return
    await client.query('begin')
    for (const statement of statements) await client.query(withNumbers(statement, from, upTo))
    await client.query('commit')
    await client.query('vacuum analyze')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** Both are whole numbers of ours; a table cannot be made with parameters. */
const withNumbers = (statement: string, from: number, to: number) =>
  statement.replaceAll('$1', String(from)).replaceAll('$2', String(to))
