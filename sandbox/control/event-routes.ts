import { randomUUID } from 'node:crypto'
import type { Request, Response, Router } from 'express'
import type { Change } from '../world/changes.ts'
import type { World } from '../world/world.ts'
import { alipayTradeView } from './alipay-routes.ts'
import { refundView } from './refund-routes.ts'
import { tradeView } from './trade-view.ts'

/** So many events can be caught up with after a broken connection. */
export const EVENTS_KEPT = 1_000
/** A reader that lets so much pile up is cut off; it comes back and catches up. */
const MOST_UNREAD_BYTES = 8_000_000
/** Keeps proxies from closing a stream on which nothing happens. */
const HEARTBEAT_MS = 15_000

/**
 * GET /_sandbox/events, server-sent events as they happen: `call`, `notification`, `trade`, `refund`, `alipay-trade`,
 * `clock`, `rule` and `reset`. The data of each is the item that the list route of that name shows; a rule that is gone says removed: true.
 * Last-Event-ID goes on where the last connection broke. What is too long ago begins with `reset`: read the lists again.
 */
export function addEventRoutes(router: Router, world: World): void {
  // Numbers of another run mean nothing here.
  const run = randomUUID().slice(0, 8)
  const kept: string[] = []
  const readers = new Set<Response>()
  let count = 0
  let isWatched = false
  world.changes.listen((change) => {
    // Nobody ever looked, so nobody comes back: printing every change for nothing would slow the gateway.
    if (!isWatched) return
    const event = `id: ${run}-${++count}\nevent: ${change.kind}\ndata: ${JSON.stringify(viewOf(world, change))}\n\n`
    kept.push(event)
    if (kept.length > EVENTS_KEPT) kept.shift()
    for (const reader of readers) {
      if (reader.writableLength > MOST_UNREAD_BYTES) reader.destroy()
      else reader.write(event)
    }
  })
  /** What a reader missed. Undefined: nobody knows any more. */
  const missedBy = (req: Request): string[] | undefined => {
    const lastId = req.get('last-event-id')
    if (lastId === undefined) return []
    const seen = lastId.startsWith(`${run}-`) ? Number(lastId.slice(run.length + 1)) : Number.NaN
    const missed = count - seen
    return missed >= 0 && missed <= kept.length ? kept.slice(kept.length - missed) : undefined
  }
  router.get('/events', (req, res) => {
    isWatched = true
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const missed = missedBy(req) ?? [`id: ${run}-${count}\nevent: reset\ndata: {}\n\n`]
    res.write(`retry: 1000\n: the sandbox tells what happens\n\n${missed.join('')}`)
    readers.add(res)
    const heartbeat = setInterval(() => res.write(': still here\n\n'), HEARTBEAT_MS)
    res.on('close', () => {
      clearInterval(heartbeat)
      readers.delete(res)
    })
  })
}

function viewOf(world: World, change: Change): unknown {
  switch (change.kind) {
    case 'call':
      return change.call
    case 'notification':
      return change.notification
    case 'trade':
      return tradeView(world, change.trade)
    case 'refund':
      return refundView(change.refund)
    case 'alipay-trade':
      return alipayTradeView(world, change.trade)
    case 'clock':
      return world.clock.read()
    case 'rule':
      return change.removed ? { ...change.rule, removed: true } : change.rule
    case 'reset':
      return {}
  }
}
