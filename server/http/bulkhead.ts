import { KindError } from '../shared/errors.ts'

/** Lets a few requests about one thing work at a time, so that they never take every connection to PostgreSQL. */
export interface Bulkhead {
  /** Does `work` when it is this request's turn. Throws Unavailable when too many wait, or when its turn does not come. */
  through<T>(key: string, work: () => Promise<T>): Promise<T>
}

interface Gate {
  running: number
  /** Each is called when its turn has come. */
  waiting: Set<() => void>
}

/** `atOnce` requests of a key work, `mostWaiting` wait for their turn, each `waitMs` of machine time at most. */
export function createBulkhead(limit: { atOnce: number; mostWaiting: number; waitMs: number }): Bulkhead {
  const gates = new Map<string, Gate>()

  const turn = (gate: Gate) =>
    new Promise<void>((resolve, reject) => {
      if (gate.waiting.size >= limit.mostWaiting) return reject(busy(limit.waitMs))
      const timer = setTimeout(() => {
        gate.waiting.delete(go)
        reject(busy(limit.waitMs))
      }, limit.waitMs)
      const go = () => {
        clearTimeout(timer)
        resolve()
      }
      gate.waiting.add(go)
    })

  const leave = (key: string, gate: Gate) => {
    const [next] = gate.waiting
    if (next) {
      gate.waiting.delete(next)
      return next()
    }
    gate.running -= 1
    if (gate.running === 0) gates.delete(key)
  }

  return {
    async through(key, work) {
      const gate = gates.get(key) ?? { running: 0, waiting: new Set() }
      gates.set(key, gate)
      if (gate.running < limit.atOnce) gate.running += 1
      else await turn(gate)
      try {
        return await work()
      } finally {
        leave(key, gate)
      }
    },
  }
}

const busy = (retryAfterMs: number) =>
  new KindError('Unavailable', '上一次操作还在处理，请稍等片刻再试。', { retryAfterMs })
