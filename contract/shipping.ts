/** What a shop asks for beside the goods, by its configuration: nothing, or some of these. An address brings a phone number. */
export type ShippingField = 'note' | 'phone' | 'address'

/** Whom and where the goods go to. */
export interface ShippingAddress {
  /** At most 30 characters. */
  name: string
  /** Digits with an optional leading +, spaces and dashes; mobile or landline. */
  phone: string
  /** Province, city and county, e.g. "广东省 广州市 海珠区"; at most 60 characters. */
  region: string
  /** Street, house and room; at most 120 characters. */
  detail: string
}

/** Part of an order request. `phone` and `address` are required where the shop asks for them, `note` never is. */
export interface ShippingRequest {
  /** At most 200 characters. */
  note?: string
  phone?: string
  address?: ShippingAddress
}

/** Personal data, stored with the order; deleted 30 days after an order has closed unpaid. */
export interface Shipping {
  note: string | null
  /** Null where there is an address, which has its own. */
  phone: string | null
  address: ShippingAddress | null
}

/** POST /api/{entry}/address-picks (bearer, mini-program only): hands a chosen address to the web-view that asked for it. */
export interface AddressPickRequest {
  /** 32 hexadecimal digits that the web-view made up. */
  pick: string
  address: ShippingAddress
}

/** GET /api/{entry}/address-picks/{pick}, and the answer to POST. */
export interface AddressPick {
  /** Null until the customer has chosen one, and again ten minutes later. */
  address: ShippingAddress | null
}
