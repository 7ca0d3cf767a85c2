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
}

/** GET /api/{entry}/products (public) */
export interface ProductList {
  products: Product[]
}
