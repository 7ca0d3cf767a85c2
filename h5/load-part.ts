import { RequestFailed } from './api/failure.ts'
import { loopGuard } from './entry/loop-guard.ts'
import { tabMemory } from './entry/tab-memory.ts'

const guard = loopGuard(tabMemory, 'qiaofu.chunk-reload', 1)

/**
 * Whether loading everything anew may help when a file of ours did not come: after a release the files of the pages before
 * it are gone. Once; and not without a network, when a reload would only lose more.
 */
export function mayReload(): boolean {
  return navigator.onLine && guard.take()
}

/** Loads a part that a page needs on its way, e.g. a cashier: answers it, or loads the page anew, or throws RequestFailed. */
export async function loadPart<T>(part: () => Promise<T>): Promise<T> {
  try {
    return await part()
  } catch {
    if (!mayReload()) throw new RequestFailed({ kind: 'offline' })
    location.reload()
    return new Promise<never>(() => {})
  }
}
