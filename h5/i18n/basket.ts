import { wordsOf } from './t.ts'

/** What the basket says; it loads after the shelf is shown. */
const zh = {
  'basket.add': '{name} 加入购物篮',
  'basket.put': '加入购物篮',
  'basket.added': '已加入 {name} {count} 件，购物篮共 {pieces} 件',
  'basket.holds': '购物篮共 {pieces} 件',
  'basket.enough': '购物篮里已有 {count} 件，不能再加',
  'basket.name': '购物篮',
  'basket.left': '仅剩 {count} 件',
  'basket.limit': '限购 {count} 件',
  'basket.full': '购物篮最多放 20 种商品',
  'basket.pieces': '共 {count} 件',
  'basket.order': '去下单',
}

const en: Record<keyof typeof zh, string> = {
  'basket.add': 'Add {name} to the basket',
  'basket.put': 'Add to basket',
  'basket.added': 'Added {count} × {name}; pieces in the basket: {pieces}',
  'basket.holds': 'Pieces in the basket: {pieces}',
  'basket.enough': 'The basket holds {count} already and takes no more',
  'basket.name': 'Basket',
  'basket.left': 'Only {count} left',
  'basket.limit': 'At most {count}',
  'basket.full': 'A basket holds 20 products at most',
  'basket.pieces': '{count} pieces',
  'basket.order': 'Order',
}

/** Says one of these sentences in the page's language. */
export const tBasket = wordsOf(zh, en)
