import { chanceOf } from '../chance.ts'
import { failpoints, type Failpoint } from './failpoints.ts'
import type { Replica } from './replica.ts'

/** Decides which server dies when, until every failpoint has had its share. */
export interface Executioner {
  knows(replicas: readonly Replica[]): void
  /** From now on. */
  begin(): void
  /** Lets everybody live from now on. */
  end(): void
  /** Asked as a failpoint passes; true: that server has just been killed. */
  diesAt(replica: Replica, failpoint: Failpoint): boolean
  /** How often each failpoint was fatal. */
  killed: ReadonlyMap<Failpoint, number>
  /** What is left of its share; empty when the work is done. */
  owed(): ReadonlyMap<Failpoint, number>
  killCount(): number
  /** How long all servers have lived now. */
  restedMs(): number
  cutCount(): number
}

/** Both servers live this long before the next one may die. */
const REST_MS = 300
/** A failpoint waits for those that come by more seldom, but not longer than this. */
const PATIENCE_MS = 1_500
/** Every so many kills the lines of a living server to PostgreSQL are cut. */
const CUT_EVERY = 5
const LOOK_EVERY_MS = 50

export function createExecutioner(seed: number, kills: number): Executioner {
  const chance = chanceOf(seed, 'executioner')
  const owed = new Map<Failpoint, number>()
  const killed = new Map<Failpoint, number>()
  for (let i = 0; i < kills; i += 1) add(owed, failpoints[i % failpoints.length]!, 1)
  let replicas: readonly Replica[] = []
  let [killCount, cutCount] = [0, 0]
  let isOver = true
  let restedSince = 0
  let timer: NodeJS.Timeout | undefined
  const living = () => replicas.filter((replica) => replica.isUp())
  const anyOf = (some: readonly Replica[]) => some[chance.between(0, some.length - 1)]!
  const restedMs = () => (living().length < replicas.length ? 0 : Date.now() - restedSince)
  const mayDieAt = (failpoint: Failpoint) => {
    if (isOver || !owed.has(failpoint) || restedMs() < REST_MS) return false
    const fewest = Math.min(...[...owed.keys()].map((one) => killed.get(one) ?? 0))
    return restedMs() > PATIENCE_MS || (killed.get(failpoint) ?? 0) <= fewest
  }
  const kill = (replica: Replica, failpoint: Failpoint) => {
    add(killed, failpoint, 1)
    add(owed, failpoint, -1)
    killCount += 1
    replica.kill()
  }
  const strike = (replica: Replica, failpoint: Failpoint) => {
    const takesBoth = mayDieAt('the moment the other server died')
    kill(replica, failpoint)
    const other = living()[0]
    if (takesBoth && other) kill(other, 'the moment the other server died')
  }
  const look = () => {
    if (living().length < replicas.length) return void (restedSince = Date.now())
    if (killCount >= (cutCount + 1) * CUT_EVERY) {
      cutCount += 1
      anyOf(living()).cutDatabase()
    }
    if (mayDieAt('any moment') && chance.next() < 0.2) strike(anyOf(living()), 'any moment')
  }
  return {
    killed,
    owed: () => owed,
    killCount: () => killCount,
    restedMs,
    cutCount: () => cutCount,
    knows: (known) => void (replicas = known),
    begin() {
      isOver = false
      restedSince = Date.now()
      timer = setInterval(look, LOOK_EVERY_MS)
    },
    end() {
      isOver = true
      clearInterval(timer)
    },
    diesAt(replica, failpoint) {
      if (!replica.isUp() || !mayDieAt(failpoint)) return false
      strike(replica, failpoint)
      return true
    },
  }
}

/** Counts; what comes to nothing is not there any more. */
function add(counts: Map<Failpoint, number>, failpoint: Failpoint, by: number): void {
  const count = (counts.get(failpoint) ?? 0) + by
  if (count > 0) counts.set(failpoint, count)
  else counts.delete(failpoint)
}
