import { createAlarm } from './alarm.ts'
import type { Register } from './journal.ts'
import type { World } from './world.ts'

/** So long it waits for others to overtake it. */
const OVERTAKEN_MS = 3_000
/** Finished deliveries that a person may want to send again. */
const FINISHED_KEPT = 2_000

/** A notification on its way to a merchant. */
export interface LadderDelivery {
  id: string
  createdAtMs: number
  attempts: number
  /** When the next attempt is due, in business time; null: there is none. */
  dueAtMs: number | null
}

/** Which notifications still have an attempt before them, and when. The same for every channel; what is sent is not. */
export interface DeliveryBook<Delivery extends LadderDelivery> {
  /** Only what still has an attempt before it is kept over a restart. */
  register: Register
  /** A new one: due at once. */
  begin(delivery: Delivery): void
  /** A rule lets later ones overtake it. False: they did already, and it goes; else the rule would hold it for ever. */
  letOvertake(delivery: Delivery): boolean
  /** After an attempt. @param ladderMs how long to wait after each attempt that failed */
  conclude(delivery: Delivery, accepted: boolean, ladderMs: readonly number[]): void
  /** After a reset or a restore in the meantime nobody waits for it any more. */
  isKnown(delivery: Delivery): boolean
  /** It is due now, whatever became of it. False: it is not remembered. */
  resend(id: string): boolean
  pendingCount(): number
  /** Nothing falls due any more. */
  stop(): void
}

/**
 * @param kind what the journal calls them
 * @param send makes one attempt; `conclude` is told of it
 */
export function createDeliveryBook<Delivery extends LadderDelivery>(
  { clock, journal }: Pick<World, 'clock' | 'journal'>,
  kind: string,
  send: (delivery: Delivery) => void,
): DeliveryBook<Delivery> {
  const alarm = createAlarm<Delivery>(clock, send)
  const pending = new Map<string, Delivery>()
  const finished = new Map<string, Delivery>()
  const overtaken = new WeakSet<Delivery>()
  const finish = (delivery: Delivery): void => {
    delivery.dueAtMs = null
    pending.delete(delivery.id)
    finished.set(delivery.id, delivery)
    if (finished.size > FINISHED_KEPT) finished.delete(finished.keys().next().value!)
  }
  return {
    register: registerOf(kind, pending, finished, alarm),
    begin(delivery) {
      pending.set(delivery.id, delivery)
      journal().append(kind, delivery)
      alarm.set(delivery, delivery.createdAtMs)
    },
    letOvertake(delivery) {
      if (overtaken.delete(delivery)) return false
      overtaken.add(delivery)
      alarm.set(delivery, clock.nowMs() + OVERTAKEN_MS)
      return true
    },
    conclude(delivery, accepted, ladderMs) {
      const waitMs = ladderMs[delivery.attempts]
      delivery.attempts += 1
      if (!accepted && waitMs !== undefined && pending.has(delivery.id)) {
        delivery.dueAtMs = clock.nowMs() + waitMs
        alarm.set(delivery, delivery.dueAtMs)
      } else finish(delivery)
      journal().append(kind, delivery)
    },
    isKnown: (delivery) => (pending.get(delivery.id) ?? finished.get(delivery.id)) === delivery,
    resend(id) {
      const delivery = pending.get(id) ?? finished.get(id)
      if (!delivery) return false
      alarm.remove(delivery)
      send(delivery)
      return true
    },
    pendingCount: () => pending.size,
    stop: alarm.stop,
  }
}

function registerOf<Delivery extends LadderDelivery>(
  kind: string,
  pending: Map<string, Delivery>,
  finished: Map<string, Delivery>,
  alarm: ReturnType<typeof createAlarm<Delivery>>,
): Register {
  return {
    kind,
    entities: () => pending.values(),
    load(delivery: Delivery) {
      const before = pending.get(delivery.id)
      if (before) alarm.remove(before)
      pending.delete(delivery.id)
      if (delivery.dueAtMs === null) return
      pending.set(delivery.id, delivery)
      alarm.set(delivery, delivery.dueAtMs)
    },
    clear() {
      pending.clear()
      finished.clear()
      alarm.clear()
    },
  }
}
