import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Product } from '../../contract/product.ts'
import { limits } from '../config/limits.ts'
import { largestFen } from '../shared/fen.ts'
import type { Database } from '../store/database.ts'
import { productsOnSale, replaceCatalogue } from '../store/products.ts'
import type { ProductRow } from '../store/tables.ts'

const catalogueSchema = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z0-9-]{1,40}$/),
    name: z.string().min(1).max(40),
    summary: z.string().max(60),
    /** Fen. */
    priceFen: z.int().min(1).max(largestFen),
    /** Two digits that go into every number: 00 is kept for orders of mixed types. */
    goodsType: z.string().regex(/^(?!00)[0-9]{2}$/),
    picture: z.string().regex(/^\//),
    /** Pieces that there are at first. Without it: as many as anybody wants. */
    stock: z.int().min(0).max(limits.stockMost).optional(),
    /** Pieces that one account may buy, in unpaid and paid orders together. Without it: as many as anybody wants. */
    purchaseLimit: z.int().min(1).max(limits.stockMost).optional(),
  }),
)

/** What is on sale. */
export async function listProducts(db: Database): Promise<Product[]> {
  return (await productsOnSale(db)).map(toProduct)
}

export const toProduct = (row: ProductRow): Product => ({
  id: row.id,
  name: row.name,
  summary: row.summary,
  priceFen: row.price_fen,
  picture: row.picture,
  piecesLeft: piecesLeft(row),
  purchaseLimit: row.purchase_limit,
})

/** Pieces that may still be bought; null: as many as anybody wants. */
export const piecesLeft = ({ stock, held }: Pick<ProductRow, 'stock' | 'held'>): number | null =>
  stock === null ? null : stock - held

/** Throws an Error that names the file when it is no JSON, or cannot be read. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Error(
      error instanceof SyntaxError
        ? `the catalogue ${path} is not JSON: ${error.message}`
        : `the catalogue ${path} cannot be read; correct the field catalogue, which is relative to the configuration file`,
      { cause: error },
    )
  }
}

/** Makes the store's catalogue exactly what the file says. Throws an Error that names the fault when the file is wrong. */
export async function loadCatalogue(db: Database, path: string): Promise<void> {
  const parsed = catalogueSchema.safeParse(readJson(path))
  if (!parsed.success)
    throw new Error(`the catalogue ${path} cannot be used: ${z.prettifyError(parsed.error)}`)
  const rows = parsed.data.map((product, position) => ({
    id: product.id,
    position,
    name: product.name,
    summary: product.summary,
    price_fen: product.priceFen,
    goods_type: product.goodsType,
    picture: product.picture,
    on_sale: true,
    stock: product.stock ?? null,
    purchase_limit: product.purchaseLimit ?? null,
  }))
  await replaceCatalogue(db, rows)
}
