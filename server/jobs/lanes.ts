import type { Logger } from 'pino'
import { startRounds, type Rounds } from './rounds.ts'

/**
 * Work of one kind that waits for others, split into lanes: what hangs in one lane takes no time and no place from
 * another. A lane is e.g. one merchant of one channel.
 */
export interface LaneWork<Lane, Item> {
  /** The lanes that have something due now. */
  findLanes: () => Promise<readonly Lane[]>
  /** A lane's name; equal names are one lane. */
  nameOf: (lane: Lane) => string
  /** Takes at most so many due items of a lane, each for one caller only, with a lease longer than its work. */
  claim: (lane: Lane, count: number) => Promise<Item[]>
  /** Does one item. When it throws, the error is logged and the item becomes due again when its lease ends. */
  work: (item: Item) => Promise<void>
  /** Items of one lane that are under way at a time, from one server. */
  atOnceCount: number
}

/** Looks for due work every second. Each lane claims no more than it has places for, and fills them as they become free. */
export function startLanes<Lane, Item>(kind: LaneWork<Lane, Item>, log: Logger): Rounds {
  const lanes = new Map<string, ReturnType<typeof openLane<Lane, Item>>>()
  const rounds = startRounds(
    async () => {
      const due = await kind.findLanes()
      for (const lane of due) {
        const name = kind.nameOf(lane)
        const open = lanes.get(name) ?? openLane(kind, lane, log)
        lanes.set(name, open)
        open.fill()
      }
      return false
    },
    { log },
  )
  return {
    stop: async () => {
      const stopped = rounds.stop()
      const lanesStopped = [...lanes.values()].map((lane) => lane.stop())
      await stopped
      // The round that was under way may have opened another one.
      await Promise.all([...lanesStopped, ...[...lanes.values()].map((lane) => lane.stop())])
    },
  }
}

/** Does what is due in every lane, once, and returns how many items that were. For tests and for the campaigns. */
export async function runLanes<Lane, Item>(kind: LaneWork<Lane, Item>): Promise<number> {
  const counts = await Promise.all(
    (await kind.findLanes()).map(async (lane) => {
      const items = await kind.claim(lane, kind.atOnceCount)
      await Promise.all(items.map((item) => kind.work(item)))
      return items.length
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

function openLane<Lane, Item>(kind: LaneWork<Lane, Item>, lane: Lane, log: Logger) {
  const underWay = new Set<Promise<void>>()
  let isClaiming = false
  let isStopping = false
  let claiming: Promise<void> = Promise.resolve()
  const fill = () => {
    if (isClaiming || isStopping || underWay.size >= kind.atOnceCount) return
    isClaiming = true
    claiming = claimAndBegin()
      .catch((error: unknown) => log.error({ err: error, lane: kind.nameOf(lane) }, 'claim failed'))
      .finally(() => (isClaiming = false))
  }
  const claimAndBegin = async () => {
    const places = kind.atOnceCount - underWay.size
    const items = await kind.claim(lane, places)
    // A full claim leaves more behind: places are filled again as soon as half of them are free.
    const isMoreWaiting = items.length === places
    for (const item of items) {
      const work = kind
        .work(item)
        .catch((error: unknown) => log.error({ err: error, lane: kind.nameOf(lane) }, 'left for its lease'))
        .finally(() => {
          underWay.delete(work)
          if (isMoreWaiting && underWay.size <= kind.atOnceCount / 2) fill()
        })
      underWay.add(work)
    }
  }
  return {
    fill,
    stop: async () => {
      isStopping = true
      await claiming
      await Promise.all(underWay)
    },
  }
}
