import type { Product, ProductList } from '../../contract/product'
import { callPublic } from './api'

/** The goods on sale, as the server orders them. Throws a Trouble. */
export async function listProducts(): Promise<Product[]> {
  const { products } = await callPublic<ProductList>({ method: 'GET', path: '/products' })
  return products
}
