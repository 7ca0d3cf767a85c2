/** The same object with some fields changed. Names are paths with dots: {'amount.total': 1}. Undefined removes. */
export function alter(
  body: Record<string, unknown>,
  changes: Record<string, unknown> | undefined,
): Record<string, unknown> {
  if (!changes) return body
  const copy = structuredClone(body)
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split('.')
    const last = names.pop()!
    let target: Record<string, unknown> = copy
    for (const name of names) {
      const inner = Object.hasOwn(target, name) ? target[name] : undefined
      if (typeof inner === 'object' && inner !== null) target = inner as Record<string, unknown>
      else target = define(target, name, {}) as Record<string, unknown>
    }
    define(target, last, value)
  }
  return copy
}

/** Sets an own property whatever its name is, __proto__ too. */
function define(target: Record<string, unknown>, name: string, value: unknown): unknown {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  return value
}
