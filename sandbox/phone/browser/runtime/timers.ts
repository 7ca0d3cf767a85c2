/** Timers that die with the program, as its whole JavaScript engine does on a device. */
export function createTimers() {
  const running = new Set<ReturnType<typeof setTimeout>>()
  const starter =
    (begin: typeof setTimeout) =>
    (run: (...given: unknown[]) => void, delayMs?: number, ...given: unknown[]) => {
      const timer = begin(run, delayMs, ...given)
      running.add(timer)
      return timer
    }
  const stop = (timer: ReturnType<typeof setTimeout>): void => {
    clearTimeout(timer)
    running.delete(timer)
  }
  return {
    functions: {
      setTimeout: starter(setTimeout),
      clearTimeout: stop,
      setInterval: starter(setInterval as unknown as typeof setTimeout),
      clearInterval: stop,
    },
    stopAll: () => running.forEach(stop),
  }
}
