export interface Product {
  /** e.g. "tea-longjing" */
  id: string
  name: string
  /** One short sentence. */
  summary: string
  /** Fen, e.g. 2800 is ¥28.00. */
  priceFen: number
  /** Same-origin path of an SVG or WebP, e.g. "/products/tea-longjing.svg". */
  picture: string
  /** Pieces that may still be bought, 0: sold out; null: as many as anybody wants. */
  piecesLeft: number | null
  /** Pieces that one customer may buy, in all their orders together; null: as many as anybody wants. */
  purchaseLimit: number | null
}

/** GET /api/{entry}/products (public) */
export interface ProductList {
  products: Product[]
}
