/** Tells everybody who listens, at once and in the order they came. */
export interface Signal<Told> {
  tell(told: Told): void
  listen(listener: (told: Told) => void): void
}

export function createSignal<Told>(): Signal<Told> {
  const listeners: ((told: Told) => void)[] = []
  return {
    tell: (told) => listeners.forEach((listener) => listener(told)),
    listen: (listener) => void listeners.push(listener),
  }
}
