import { hash } from 'node:crypto'

/** The beginning of a text's digest, in characters that may stand in an openid. */
export function derive(text: string, length: number): string {
  return hash('sha256', text, 'base64url').slice(0, length)
}

/** Who somebody is under an app. Every payment asks several times, so what was derived once is remembered. */
export interface Openids {
  /** 28 characters that begin with o; those of one app share a prefix, as at WeChat. */
  of(seed: string, appid: string): string
  clear(): void
}

/** As many people as a large test makes; beyond them all is derived anew. */
const REMEMBERED = 100_000

export function createOpenids(): Openids {
  const bySeed = new Map<string, Map<string, string>>()
  return {
    of(seed, appid) {
      let known = bySeed.get(seed)
      if (!known) {
        if (bySeed.size >= REMEMBERED) bySeed.clear()
        known = new Map()
        bySeed.set(seed, known)
      }
      let openid = known.get(appid)
      if (openid === undefined) {
        openid = `o${derive(appid, 5)}${derive(`${seed} ${appid}`, 22)}`
        known.set(appid, openid)
      }
      return openid
    },
    clear: () => bySeed.clear(),
  }
}
