import type { Product, ProductList } from '../../contract/product.ts'
import { callAnyone } from './call.ts'

let kept: Product[] | null = null

/** What the last look at the shelf saw, so that going back shows it at once and the scroll position holds. */
export function keptProducts(): Product[] | null {
  return kept
}

/** Everything on the shelf. */
export async function getProducts(): Promise<Product[]> {
  const { products } = await callAnyone<ProductList>('products')
  kept = products
  return products
}
