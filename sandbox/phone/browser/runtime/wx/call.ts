/** What every asynchronous wx function takes. */
export interface CallOptions {
  success?: (result: Record<string, unknown>) => void
  fail?: (result: { errMsg: string }) => void
  complete?: (result: Record<string, unknown>) => void
}

type Given = CallOptions & Record<string, unknown>

/** A refusal in WeChat's words: errMsg becomes "{api}:fail {message}". */
export class ApiRefusal extends Error {}

/**
 * Makes a wx function out of what it does: callbacks when any is given, else a promise
 * (https://developers.weixin.qq.com/miniprogram/dev/framework/app-service/api.html).
 * @param run starts within the call, so that a tap is still a tap; rejects with ApiRefusal
 */
export function api<Options extends object>(
  name: string,
  run: (options: Options) => Promise<Record<string, unknown> | void>,
): (options?: Options & CallOptions) => Promise<Record<string, unknown>> | undefined {
  return (options) => {
    const given = (options ?? {}) as Given
    const outcome = run(given as unknown as Options).then(
      (result) => ({ errMsg: `${name}:ok`, ...result }),
      (error: unknown) => {
        // WeChat shows a programming fault in the console as well; a bare "fail" would hide it.
        if (!(error instanceof ApiRefusal)) console.error(error)
        // oxlint-disable-next-line no-throw-literal -- WeChat rejects with a plain object
        throw { errMsg: `${name}:fail ${error instanceof Error ? error.message : String(error)}` }
      },
    )
    const { success, fail, complete } = given
    if (success === undefined && fail === undefined && complete === undefined) return outcome
    void outcome.then(
      (result) => {
        success?.(result)
        complete?.(result)
      },
      (result: { errMsg: string }) => {
        fail?.(result)
        complete?.(result)
      },
    )
    return undefined
  }
}
