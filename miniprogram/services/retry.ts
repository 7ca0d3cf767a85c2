interface RetryPlan {
  /** Pauses before the second, third … attempt. */
  delaysMs: readonly number[]
  isWorthRetrying: (thrown: unknown) => boolean
  wait?: (ms: number) => Promise<void>
}

/** Runs the action until it succeeds, fails for good, or the plan is used up; then throws what it threw last. */
export async function retry<T>(action: () => Promise<T>, plan: RetryPlan): Promise<T> {
  const { delaysMs, isWorthRetrying, wait = pause } = plan
  for (const delayMs of delaysMs) {
    try {
      return await action()
    } catch (thrown) {
      if (!isWorthRetrying(thrown)) throw thrown
    }
    await wait(delayMs)
  }
  return action()
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
