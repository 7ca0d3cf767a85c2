const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value)).slice(0, 200)

/**
 * The first way in which a value is not as expected; null: it is. Fields that are not named may be anything; a list has
 * exactly the items named; /…/ is a pattern; {$some: x} is a list with such an item; {$not: x} anything else.
 */
export function mismatch(expected: unknown, actual: unknown, place: string): string | null {
  if (typeof expected === 'string' && /^\/.+\/$/s.test(expected)) {
    const isMatch = actual !== undefined && new RegExp(expected.slice(1, -1), 's').test(String(actual))
    return isMatch ? null : `${place}: expected to match ${expected}, got ${shown(actual)}`
  }
  if (typeof expected !== 'object' || expected === null) {
    return expected === actual ? null : `${place}: expected ${shown(expected)}, got ${shown(actual)}`
  }
  if (Array.isArray(expected)) return listMismatch(expected, actual, place)
  if ('$not' in expected) {
    const isOther = mismatch(expected.$not, actual, place) !== null
    return isOther ? null : `${place}: expected anything but ${shown(expected.$not)}`
  }
  if ('$some' in expected) {
    const isThere =
      Array.isArray(actual) && actual.some((one) => mismatch(expected.$some, one, place) === null)
    return isThere ? null : `${place}: expected an item like ${shown(expected.$some)}, got ${shown(actual)}`
  }
  if (typeof actual !== 'object' || actual === null) return `${place}: expected fields, got ${shown(actual)}`
  for (const [name, value] of Object.entries(expected)) {
    const found = mismatch(value, (actual as Record<string, unknown>)[name], `${place}.${name}`)
    if (found !== null) return found
  }
  return null
}

function listMismatch(expected: readonly unknown[], actual: unknown, place: string): string | null {
  if (!Array.isArray(actual) || actual.length !== expected.length) {
    return `${place}: expected ${expected.length} items, got ${shown(actual)}`
  }
  for (const [index, value] of expected.entries()) {
    const found = mismatch(value, actual[index], `${place}.${index}`)
    if (found !== null) return found
  }
  return null
}
