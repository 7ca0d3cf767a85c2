import type { StandIn } from './stand-in'

export function playedBy(_person: string): StandIn {
  throw new Error('not written yet')
}
