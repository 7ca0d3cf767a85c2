import { wordsOf } from './t.ts'

/** How the shop is reached, and its own pages. */
const zh = {
  'shop.name': '商家信息',
  'shop.contact': '联系商家',
  'shop.phone': '电话联系 {phone}',
  'shop.terms': '用户协议',
  'shop.privacy': '隐私政策',
  'shop.licence': '营业执照',
}

const en: Record<keyof typeof zh, string> = {
  'shop.name': 'About the shop',
  'shop.contact': 'Contact the shop',
  'shop.phone': 'Call {phone}',
  'shop.terms': 'Terms',
  'shop.privacy': 'Privacy',
  'shop.licence': 'Business licence',
}

/** Says one of these sentences in the page's language. */
export const tShop = wordsOf(zh, en)
