import { wordsOf } from './t.ts'

/** The names and faults of what a shop asks for beside the goods; loads with the form and the order's page. */
const zh = {
  'shipping.title': '收货信息',
  'shipping.pick': '使用微信地址',
  'shipping.picking': '请在微信的地址页里选择',
  'shipping.pick-failed': '没能打开微信地址，请直接填写。',
  'shipping.name': '收货人',
  'shipping.phone': '手机号',
  'shipping.region': '所在地区',
  'shipping.region-form': '省、市、区',
  'shipping.detail': '详细地址',
  'shipping.detail-form': '街道、楼号、门牌',
  'shipping.address': '收货地址',
  'shipping.note': '备注',
  'shipping.note-form': '选填',
  'shipping.fault-name': '请填写收货人',
  'shipping.fault-phone': '请填写能联系到的手机号',
  'shipping.fault-region': '请填写省、市、区',
  'shipping.fault-detail': '请填写详细地址',
  'shipping.fault-note': '备注里有无法保存的字符',
}

const en: Record<keyof typeof zh, string> = {
  'shipping.title': 'Delivery',
  'shipping.pick': 'Use a WeChat address',
  'shipping.picking': 'Please choose in WeChat’s list',
  'shipping.pick-failed': 'WeChat’s addresses did not open. Please fill in the form.',
  'shipping.name': 'Recipient',
  'shipping.phone': 'Phone',
  'shipping.region': 'Area',
  'shipping.region-form': 'Province, city, district',
  'shipping.detail': 'Address',
  'shipping.detail-form': 'Street, building, room',
  'shipping.address': 'Address',
  'shipping.note': 'Note',
  'shipping.note-form': 'Optional',
  'shipping.fault-name': 'Please fill in the recipient',
  'shipping.fault-phone': 'Please fill in a phone number that reaches you',
  'shipping.fault-region': 'Please fill in province, city and district',
  'shipping.fault-detail': 'Please fill in the address',
  'shipping.fault-note': 'The note has characters that cannot be kept',
}

/** Says one of these sentences in the page's language. */
export const tShipping = wordsOf(zh, en)
