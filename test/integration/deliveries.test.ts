import { randomBytes } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Delivery, DeliveryDetail, DeliveryPage } from '../../contract/delivery.ts'
import { createSubscriberChannel } from '../../server/channels/subscribers/channel.ts'
import { limits } from '../../server/config/limits.ts'
import { deliverDue, type DeliverDeps } from '../../server/deliveries/deliver-due.ts'
import { endUndeliverable } from '../../server/deliveries/end-undeliverable.ts'
import { openDatabase } from '../../server/store/database.ts'
import { registerSubscribers } from '../../server/store/shop-events.ts'
import { moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { expectProblem } from '../support/problem.ts'
import { isBelieved, openSubscriber, type Subscriber } from '../support/subscriber.ts'

const secondMs = 1_000

const stage = moneyStage()
let erp: Subscriber
const key = randomBytes(32)
/** Business time of deliveries alone: what a test does with it moves nobody else's. */
let offsetMs = 0
const clock = { now: () => new Date(stage.shop.server.services.clock.now().getTime() + offsetMs) }

beforeEach(async () => {
  offsetMs = 0
  erp = await openSubscriber()
  await stage.books.rows('truncate delivery_log, deliveries, shop_events')
  await subscribe('erp')
})
afterEach(() => erp.close())

/** Whoever is named is told everything from now on; the server itself delivers to nobody. */
const subscribe = (...names: string[]) =>
  registerSubscribers(
    stage.shop.server.services.db,
    names.map((name) => ({ name, event_types: erp.config(name, [key]).events })),
  )
const depsTo = (...named: [string, Subscriber][]): DeliverDeps => ({
  ...stage.shop.server.services,
  clock,
  subscribers: createSubscriberChannel(named.map(([name, at]) => at.config(name, [key]))),
})
/** Deliveries to the subscriber erp, due now, of orders that nobody placed. */
const madeUp = (count: number) =>
  stage.books.rows(
    `with step as (
       insert into history select id, 'order', id, 1, date_trunc('milliseconds', now()), 'paid', 'pending', 'paid', '{}'
       from (select gen_random_uuid()::text as id from generate_series(1, $1)) as made returning *),
     event as (
       insert into shop_events (order_id, subject, subject_no, version, type, at, facts)
       select order_id, subject, subject_no, version, 'order.paid', at, '{}' from step returning *)
     insert into deliveries (order_id, event_id, subscriber, state, created_at, next_attempt_at)
     select order_id, event_id, 'erp', 'pending', at, at from event`,
    [count],
  )
const deliveries = async (query = ''): Promise<Delivery[]> =>
  (await stage.lin.get<DeliveryPage>(`/deliveries${query}`)).body.deliveries
const detail = async (id: string): Promise<DeliveryDetail> =>
  (await stage.lin.get<DeliveryDetail>(`/deliveries/${id}`)).body

describe('a message', () => {
  test('says what was paid, and a receiver that knows the standard believes it', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    await deliverDue(depsTo(['erp', erp]), 'erp')
    const [message] = erp.messages
    expect(message!.event).toMatchObject({
      type: 'order.paid',
      data: { id: orderId, state: 'paid', entryCode: '02', totalFen, paymentId },
    })
    expect(message!.headers).toMatchObject({
      'webhook-id': message!.event.id,
      'content-type': 'application/json',
    })
    expect(await isBelieved(message!, key)).toBe(true)
    expect(await isBelieved({ ...message!, body: message!.body.replace('paid', 'PAID') }, key)).toBe(false)
    expect(await isBelieved(message!, randomBytes(32))).toBe(false)
    expect(message!.body).not.toContain(stage.alice.openid)
  })

  test('is believed under the old secret and the new one while both are there', async () => {
    const next = randomBytes(24)
    await paidOrder(stage.alice)
    const subscribers = createSubscriberChannel([erp.config('erp', [next, key])])
    await deliverDue({ ...depsTo(), subscribers }, 'erp')
    for (const known of [key, next]) expect(await isBelieved(erp.messages[0]!, known)).toBe(true)
  })

  test('is shown with the order it is about, and in the list, with its attempts', async () => {
    const { orderId } = await paidOrder(stage.alice)
    const [waiting] = (await stage.lin.order(orderId)).deliveries
    expect(waiting).toMatchObject({ subscriber: 'erp', type: 'order.paid', state: 'pending', attempts: 0 })
    await deliverDue(depsTo(['erp', erp]), 'erp')
    const { event, log, ...delivery } = await detail(waiting!.id)
    expect(delivery).toMatchObject({ id: waiting!.id, orderId, state: 'delivered', nextAttemptAt: null })
    expect(event).toEqual(erp.messages[0]!.event)
    expect(log).toMatchObject([{ event: 'delivered', status: 204, error: null, replayedBy: null }])
    expect(await deliveries('?state=delivered&subscriber=erp')).toEqual([delivery])
    expect(await deliveries('?state=pending')).toEqual([])
  })

  test('goes to nobody who did not ask for it', async () => {
    await registerSubscribers(stage.shop.server.services.db, [
      { name: 'erp', event_types: ['refund.succeeded', 'payment.surplus'] },
    ])
    await paidOrder(stage.alice)
    expect(await deliveries()).toEqual([])
    expect(await stage.books.rows('select 1 from shop_events')).toEqual([])
  })
})

describe('a subscriber that does not take a message', () => {
  test('is tried again on the ladder, then left to an operator, who replays it under the same id', async () => {
    erp.answers((response) => void response.writeHead(503).end())
    const { orderId } = await paidOrder(stage.alice)
    const startMs = clock.now().getTime()
    const stopped = { now: () => new Date(startMs + offsetMs) }
    const deps = { ...depsTo(['erp', erp]), clock: stopped }
    for (const [rung, waitMs] of limits.deliveryLadderMs.entries()) {
      expect(await deliverDue(deps, 'erp')).toBe(1)
      expect(await deliverDue(deps, 'erp')).toBe(0)
      const [delivery] = (await stage.lin.order(orderId)).deliveries
      expect(delivery).toMatchObject({ state: 'pending', attempts: rung + 1 })
      expect(Date.parse(delivery!.nextAttemptAt!) - stopped.now().getTime()).toBe(waitMs)
      offsetMs += waitMs - 1
      expect(await deliverDue(deps, 'erp')).toBe(0)
      offsetMs += 1
    }
    await deliverDue(deps, 'erp')
    const [failed] = await deliveries('?state=failed')
    expect(failed).toMatchObject({ orderId, attempts: 8, nextAttemptAt: null })
    offsetMs += 90 * 24 * 3_600 * secondMs
    expect(await deliverDue(deps, 'erp')).toBe(0)

    erp.answers((response) => void response.writeHead(200).end('ok'))
    const replayed = await stage.lin.post<DeliveryDetail>(`/deliveries/${failed!.id}/replay`)
    expect(replayed).toMatchObject({ status: 200, body: { state: 'pending' } })
    await deliverDue(deps, 'erp')
    const { state, attempts, log } = await detail(failed!.id)
    expect({ state, attempts }).toEqual({ state: 'delivered', attempts: 9 })
    expect(log.map(({ event }) => event)).toEqual([
      ...Array<string>(7).fill('postponed'),
      'failed',
      'replayed',
      'delivered',
    ])
    expect(log[8]).toMatchObject({ replayedBy: 'Lin', status: null })
    expect(new Set(erp.messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(erp.messages.map(({ body }) => body)).size).toBe(1)
  })

  test.each([
    ['redirects', 302, { location: '/elsewhere' }],
    ['is gone', 410, {}],
    ['does not know us', 404, {}],
  ] as const)('because it %s is asked at its own address alone, later', async (_what, status, headers) => {
    erp.answers((response) => void response.writeHead(status, headers).end())
    await paidOrder(stage.alice)
    await deliverDue(depsTo(['erp', erp]), 'erp')
    const [{ id }] = (await deliveries()) as [Delivery]
    expect((await detail(id)).log).toMatchObject([{ event: 'postponed', status }])
    expect(erp.messages.map(({ path }) => path)).toEqual(['/told'])
  })

  test('because it speaks of another protocol is tried again later, and keeps no other message waiting', async () => {
    erp.answers(
      (response) => void response.writeHead(101, { connection: 'upgrade', upgrade: 'websocket' }).end(),
    )
    await paidOrder(stage.alice)
    await deliverDue(depsTo(['erp', erp]), 'erp')
    const [{ id }] = (await deliveries()) as [Delivery]
    expect((await detail(id)).log).toMatchObject([{ event: 'postponed', error: 'no-answer' }])
  })

  test('because nobody listens there is noted with the reason', async () => {
    await paidOrder(stage.alice)
    await erp.close()
    await deliverDue(depsTo(['erp', erp]), 'erp')
    const [{ id }] = (await deliveries()) as [Delivery]
    expect((await detail(id)).log).toMatchObject([{ status: null, error: 'ECONNREFUSED' }])
  })

  test('because it hangs is given up after five seconds; the others have theirs at once', async () => {
    const shipping = await openSubscriber()
    await subscribe('erp', 'shipping')
    erp.answers(() => undefined)
    await paidOrder(stage.alice)
    const deps = depsTo(['erp', erp], ['shipping', shipping])
    let isOver = false
    const hanging = deliverDue(deps, 'erp').then(() => (isOver = true))
    await deliverDue(deps, 'shipping')
    expect(shipping.messages.map(({ event }) => event.type)).toEqual(['order.paid'])
    expect(isOver).toBe(false)
    await paidOrder(stage.alice)
    expect(isOver).toBe(false)
    await hanging
    const held = await deliveries('?subscriber=erp')
    expect((await detail(held[1]!.id)).log).toMatchObject([{ event: 'postponed', error: 'timeout' }])
    await shipping.close()
  })

  test('to its end has done so all the same: an answer that never ends is cut', async () => {
    let isCut = false
    let sentBytes = 0
    erp.answers((response) => {
      response.writeHead(200)
      response.on('close', () => (isCut = true))
      const flood = () => {
        if (isCut) return
        sentBytes += 64 * 1024
        response.write('x'.repeat(64 * 1024), flood)
      }
      flood()
    })
    await paidOrder(stage.alice)
    await deliverDue(depsTo(['erp', erp]), 'erp')
    expect(await deliveries('?state=delivered')).toHaveLength(1)
    while (!isCut) await turn()
    // What the sockets of two sides hold, not what five seconds can carry.
    expect(sentBytes).toBeLessThan(32 * 1024 * 1024)
  })
})

describe('a subscriber that the configuration does not name any more', () => {
  const end = () => endUndeliverable({ ...stage.shop.server.services, clock })

  test('is waited for a day; then what it was to be told has failed and says why, and waits for an operator', async () => {
    await subscribe('erp', 'shipping')
    await paidOrder(stage.alice)
    await subscribe('shipping')
    offsetMs = limits.unsubscribedKeptMs - 60 * secondMs
    await end()
    expect(await deliveries('?state=pending')).toHaveLength(2)
    offsetMs = limits.unsubscribedKeptMs + secondMs
    await end()
    const [ended] = await deliveries('?state=failed')
    expect(ended).toMatchObject({ subscriber: 'erp', attempts: 0, nextAttemptAt: null })
    expect((await detail(ended!.id)).log).toMatchObject([
      { event: 'failed', status: null, error: 'unsubscribed', tookMs: null },
    ])
    expect(await deliveries('?state=pending')).toMatchObject([{ subscriber: 'shipping' }])

    await subscribe('erp')
    await stage.lin.post(`/deliveries/${ended!.id}/replay`)
    await deliverDue(depsTo(['erp', erp]), 'erp')
    expect(await detail(ended!.id)).toMatchObject({ state: 'delivered', attempts: 1 })
  })

  test('back within the day has what waited for it', async () => {
    await paidOrder(stage.alice)
    await subscribe()
    offsetMs = limits.unsubscribedKeptMs - 60 * secondMs
    await end()
    await subscribe('erp')
    expect(await deliverDue(depsTo(['erp', erp]), 'erp')).toBe(1)
  })
})

describe('a server that falls', () => {
  test('between sending and noting sends the same message again when its lease is over', async () => {
    await paidOrder(stage.alice)
    const deps = depsTo(['erp', erp])
    const falls: DeliverDeps = {
      ...deps,
      subscribers: {
        ...deps.subscribers,
        async send(...message) {
          await deps.subscribers.send(...message)
          throw new Error('killed')
        },
      },
    }
    await expect(deliverDue(falls, 'erp')).rejects.toThrow('killed')
    expect(erp.messages).toHaveLength(1)
    expect(await deliverDue(deps, 'erp')).toBe(0)
    offsetMs += limits.checkLeaseMs
    expect(await deliverDue(deps, 'erp')).toBe(1)
    const [first, second] = erp.messages
    expect(second!.body).toBe(first!.body)
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
  })

  test('and another one beside it: each message is claimed by one of two that deliver at once', async () => {
    await madeUp(40)
    const beside = openDatabase(stage.shop.databaseUrl)
    const deps = depsTo(['erp', erp])
    const both = [deps, { ...deps, db: beside }]
    // Every connection is open before the race begins.
    const eight = Array.from({ length: 8 }, (_, index) => both[index % 2]!)
    await Promise.all(eight.map((each) => deliverDue(each, 'nobody')))
    await Promise.all(eight.map((each) => deliverDue(each, 'erp')))
    while (await deliverDue(deps, 'erp'));
    const ids = erp.messages.map(({ headers }) => headers['webhook-id'])
    expect([ids.length, new Set(ids).size]).toEqual([40, 40])
    await beside.destroy()
  })
})

describe('an address', () => {
  const guarded = (names: Record<string, string[]>, url?: string) => {
    const asked: string[] = []
    const config = { ...erp.config('erp', [key]), allowPrivate: false }
    const port = new URL(erp.url).port
    const at = url ?? `http://erp.example.com:${port}/told`
    const channel = createSubscriberChannel([{ ...config, url: at }], async (name) => {
      asked.push(name)
      return names[name] ?? []
    })
    return { asked, send: () => channel.send('erp', { id: 'one', body: '{}' }) }
  }

  test.each([
    ['this machine', ['127.0.0.1']],
    ['this machine, mapped', ['::ffff:127.0.0.1']],
    ['the cloud’s metadata', ['169.254.169.254']],
    ['a public address and a private one', ['93.184.215.14', '10.0.0.1']],
  ])('whose name leads to %s is not connected to', async (_where, addresses) => {
    const { send } = guarded({ 'erp.example.com': addresses })
    expect(await send()).toEqual({ error: 'private-address' })
    expect(erp.messages).toEqual([])
  })

  test('that is a number of this machine is not connected to', async () => {
    const { send, asked } = guarded({}, erp.url)
    expect(await send()).toEqual({ error: 'private-address' })
    expect([asked, erp.messages]).toEqual([[], []])
  })

  test('is resolved once, and the connection goes to what was checked', async () => {
    const { port } = new URL(erp.url)
    const config = { ...erp.config('erp', [key]), url: `http://erp.example.com:${port}/told` }
    const asked: string[] = []
    const channel = createSubscriberChannel([config], async (name) => {
      asked.push(name)
      return asked.length === 1 ? ['127.0.0.1'] : ['169.254.169.254']
    })
    expect(await channel.send('erp', { id: 'one', body: '{}' })).toEqual({ status: 204 })
    expect(asked).toEqual(['erp.example.com'])
    expect(erp.messages[0]!.headers.host).toBe(`erp.example.com:${port}`)
  })

  test('without any is said to be unknown', async () => {
    expect(await guarded({}).send()).toEqual({ error: 'ENOTFOUND' })
  })
})

describe('an operator', () => {
  test('reads all deliveries page by page, newest first, each once', async () => {
    await madeUp(limits.pageSize + 2)
    const first = (await stage.lin.get<DeliveryPage>('/deliveries')).body
    const second = (await stage.lin.get<DeliveryPage>(`/deliveries?cursor=${first.nextCursor}`)).body
    expect(second.nextCursor).toBeNull()
    const all = [...first.deliveries, ...second.deliveries]
    expect(new Set(all.map(({ id }) => id)).size).toBe(limits.pageSize + 2)
    expect(all.map(({ createdAt }) => createdAt)).toEqual(
      all
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .reverse(),
    )
  })

  test('finds one subscriber’s deliveries by an index, however many others there are', async () => {
    await madeUp(2_000)
    await stage.books.rows(`update deliveries set subscriber = 'shipping' where order_id not like '%99'`)
    await stage.books.rows('analyze deliveries')
    const [plan] = await stage.books.rows<{ 'QUERY PLAN': unknown }>(
      `explain (format json) select * from deliveries where subscriber = 'erp'
       order by created_at desc, delivery_id desc limit 11`,
    )
    expect(JSON.stringify(plan)).toContain('deliveries_by_subscriber')
    expect(JSON.stringify(plan)).not.toContain('Sort')
  })

  test('is told what to do about a subscriber that is gone, a delivery that is not there, a wrong filter', async () => {
    await paidOrder(stage.alice)
    const [{ id }] = (await deliveries()) as [Delivery]
    await registerSubscribers(stage.shop.server.services.db, [])
    expectProblem(await stage.lin.post(`/deliveries/${id}/replay`), 409)
    const unknown = '00000000-0000-4000-8000-000000000000'
    expectProblem(await stage.lin.post(`/deliveries/${unknown}/replay`), 404)
    expectProblem(await stage.lin.get(`/deliveries/${unknown}`), 404)
    expectProblem(await stage.lin.get('/deliveries?state=lost'), 400)
    expectProblem(await stage.lin.get('/deliveries?cursor=none'), 400)
  })
})
