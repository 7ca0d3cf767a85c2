import { limits } from '../config/limits.ts'
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

/** As many of a key as `limits.writesAtOnce` says work; the others wait for their turn in machine time. */
export function createBulkhead(): Bulkhead {
  const gates = new Map<string, Gate>()

  const turn = (gate: Gate) =>
    new Promise<void>((resolve, reject) => {
      if (gate.waiting.size >= limits.writesWaitingCount) return reject(busy(limits.writesWaitMs))
      const timer = setTimeout(() => {
        gate.waiting.delete(go)
        reject(busy(limits.writesWaitMs))
      }, limits.writesWaitMs)
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
      if (gate.running < limits.writesAtOnce) gate.running += 1
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
