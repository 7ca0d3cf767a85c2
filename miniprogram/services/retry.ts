interface RetryPlan {
  /** Pauses before the second, third … attempt. */
  delaysMs: readonly number[]
  isWorthRetrying: (thrown: unknown) => boolean
}

/** Runs the action until it succeeds, fails for good, or the plan is used up; then throws what it threw last. */
export async function retry<T>(action: () => Promise<T>, plan: RetryPlan): Promise<T> {
  for (const delayMs of plan.delaysMs) {
    try {
      return await action()
    } catch (thrown) {
      if (!plan.isWorthRetrying(thrown)) throw thrown
    }
    await pause(delayMs)
  }
  return action()
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
