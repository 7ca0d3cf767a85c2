import { computed } from 'vue'
import type { OrderLineRequest, Quote } from '../../contract/order.ts'
import { keptProducts } from '../api/catalogue.ts'
import { RequestFailed } from '../api/failure.ts'
import type { Failure } from '../api/failure.ts'
import { getQuote } from '../api/orders.ts'
import { useLoad } from './use-load.ts'

interface Priced {
  quote: Quote
  /** Ids of the products that are not on sale any more; the quote is without them. */
  goneIds: string[]
}

/** What the lines cost now. What a product cost when the customer first saw it is kept, so that a change can be told. */
export function useQuote(lines: () => OrderLineRequest[]) {
  const firstFen = new Map(keptProducts()?.map(({ id, priceFen }) => [id, priceFen]))
  const { content, failure, isLoading, reload } = useLoad(async () => {
    const priced = await priceWhatThereIs(lines())
    for (const { productId, unitPriceFen } of priced.quote.lines)
      if (!firstFen.has(productId)) firstFen.set(productId, unitPriceFen)
    return priced
  })
  return {
    quote: computed(() => content.value?.quote ?? null),
    goneIds: computed(() => content.value?.goneIds ?? []),
    /** Fen for one piece, as it was first seen; undefined for what was never priced. */
    firstPriceFen: (productId: string) => firstFen.get(productId),
    failure,
    isLoading,
    reload,
  }
}

/** One product that is gone does not hide what the others cost. Throws RequestFailed when all of them are gone. */
async function priceWhatThereIs(lines: OrderLineRequest[]): Promise<Priced> {
  try {
    return { quote: await getQuote(lines), goneIds: [] }
  } catch (error) {
    const goneIds = goneAmong(lines, error)
    const rest = lines.filter(({ productId }) => !goneIds.includes(productId))
    if (goneIds.length === 0 || rest.length === 0) throw error
    return { quote: await getQuote(rest), goneIds }
  }
}

function goneAmong(lines: OrderLineRequest[], error: unknown): string[] {
  if (!(error instanceof RequestFailed)) return []
  const { failure } = error
  const isGone = failure.kind === 'problem' && failure.problem.code === 'product-gone'
  return isGone ? [...lineErrors(lines, failure).keys()] : []
}

/** What a problem says of single lines of the request, by product: its paths are `lines.0.quantity` and the like. */
export function lineErrors(lines: OrderLineRequest[], failure: Failure): Map<string, string> {
  const errors = failure.kind === 'problem' ? (failure.problem.errors ?? []) : []
  return new Map(
    errors.flatMap(({ path, message }) => {
      const place = /^lines\.(\d+)\./.exec(path)?.[1]
      const line = place === undefined ? undefined : lines[Number(place)]
      return line ? [[line.productId, message] as const] : []
    }),
  )
}
