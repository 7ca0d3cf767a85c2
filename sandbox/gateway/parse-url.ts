const REMEMBERED = 1_000
const known = new Map<string, URL | null>()

/**
 * The parts of an address that a merchant named; null: it is none. Merchants name few addresses, each with every order,
 * so those that came before are remembered. What is returned belongs to all who ask: it is only read.
 */
export function parseUrl(text: string): Readonly<URL> | null {
  const before = known.get(text)
  if (before !== undefined) return before
  const url = URL.parse(text)
  if (known.size >= REMEMBERED) known.clear()
  known.set(text, url)
  return url
}
