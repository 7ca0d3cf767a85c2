import { wordsOf } from './t.ts'

/** What the basket says; it loads after the shelf is shown. */
const zh = {
  'basket.add': '{name} 加入购物篮',
  'basket.name': '购物篮',
  'basket.left': '仅剩 {count} 件',
  'basket.limit': '限购 {count} 件',
  'basket.full': '购物篮最多放 20 种商品',
  'basket.pieces': '共 {count} 件',
  'basket.order': '去下单',
}

const en: Record<keyof typeof zh, string> = {
  'basket.add': 'Add {name} to the basket',
  'basket.name': 'Basket',
  'basket.left': 'Only {count} left',
  'basket.limit': 'At most {count}',
  'basket.full': 'A basket holds 20 products at most',
  'basket.pieces': '{count} pieces',
  'basket.order': 'Order',
}

/** Says one of these sentences in the page's language. */
export const tBasket = wordsOf(zh, en)
