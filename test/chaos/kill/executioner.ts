import { chanceOf } from '../chance.ts'
import { failpoints, type Failpoint } from './failpoints.ts'
import type { Replica } from './replica.ts'

/** Decides which server dies when, failpoint after failpoint, until so many have died. */
export interface Executioner {
  knows(replicas: readonly Replica[]): void
  /** From now on. */
  begin(): void
  /** Lets everybody live from now on. */
  end(): void
  /** Asked as a failpoint passes; true: that server has just been killed. */
  diesAt(replica: Replica, failpoint: Failpoint): boolean
  killed: ReadonlyMap<string, number>
  cuts(): number
}

/** The next one is chosen this long after a kill, or when nobody came by the chosen failpoint for that long. */
const NEXT_AFTER_MS = 400
const GIVES_UP_AFTER_MS = 2_500
/** Every so many kills the other server dies in the same moment, and every so many lines are cut. */
const BOTH_EVERY = 10
const CUT_EVERY = 7

export function createExecutioner(seed: number, kills: number): Executioner {
  const chance = chanceOf(seed, 'executioner')
  const killed = new Map<string, number>()
  let replicas: readonly Replica[] = []
  let armed: Failpoint | null = null
  let armedAt = 0
  let [killCount, cutCount, turn] = [0, 0, 0]
  let timer: NodeJS.Timeout | undefined
  const kill = (replica: Replica, failpoint: Failpoint) => {
    killed.set(failpoint, (killed.get(failpoint) ?? 0) + 1)
    killCount += 1
    armed = null
    armedAt = Date.now()
    replica.kill()
    if (killCount % BOTH_EVERY === 0)
      for (const other of replicas) if (other !== replica && other.isUp()) kill(other, 'any moment')
  }
  const look = () => {
    const up = replicas.filter((replica) => replica.isUp())
    const waitedMs = Date.now() - armedAt
    if (killCount >= kills || up.length < replicas.length) return
    if (armed === 'any moment') return kill(up[chance.between(0, up.length - 1)]!, 'any moment')
    if (armed !== null && waitedMs < GIVES_UP_AFTER_MS) return
    if (armed === null && waitedMs < NEXT_AFTER_MS) return
    armed = failpoints[turn % failpoints.length]!
    armedAt = Date.now()
    turn += 1
    if (turn % CUT_EVERY === 0) {
      cutCount += 1
      up[chance.between(0, up.length - 1)]!.cutDatabase()
    }
  }
  return {
    killed,
    cuts: () => cutCount,
    knows: (known) => void (replicas = known),
    begin: () => void (timer = setInterval(look, 50)),
    end: () => clearInterval(timer),
    diesAt(replica, failpoint) {
      if (armed !== failpoint || !replica.isUp()) return false
      kill(replica, failpoint)
      return true
    },
  }
}
