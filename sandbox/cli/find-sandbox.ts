import { startSandbox } from '../sandbox.ts'
import { Failed } from './misused.ts'

const USUAL = 'http://127.0.0.1:4010'

/** The sandbox that a command works with. */
export interface FoundSandbox {
  url: string
  /** Ends it, when it was started for this command. */
  close(): Promise<void>
}

/** The one that was named, or the one that usually runs here. Throws Failed when nothing answers there. */
export async function runningSandbox(given: string | undefined): Promise<FoundSandbox> {
  const url = given ?? USUAL
  if (await answers(url)) return { url, close: async () => {} }
  throw new Failed(`No sandbox answers at ${url}: start one with npm run sandbox, or name it with --sandbox.`)
}

/** The same, or else one of its own, in memory and on a free port. */
export async function anySandbox(given: string | undefined): Promise<FoundSandbox> {
  if (given !== undefined || (await answers(USUAL))) return runningSandbox(given)
  return startSandbox({ port: 0, localNotify: true })
}

async function answers(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(`${url}/_sandbox/clock`, { signal: AbortSignal.timeout(2_000) })
    return status === 200
  } catch {
    return false
  }
}
