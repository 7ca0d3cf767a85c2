/**
 * What must be true of money, said without a server: orders, the attempts to pay them, and what WeChat took and gave
 * back. Everything here is pure. `faults.ts` compares it with the books and the ledger, sentence by sentence.
 */
export interface Model {
  /** Business time. */
  nowMs: number
  /** Pieces of the one product before anybody ordered. */
  pieces: number
  /** Oldest first. */
  orders: Order[]
  /** How calls to WeChat fare now. */
  weather: Record<Call, Fare>
}

const LAST_MINUTE_MS = 60_000

export const calls = ['prepay', 'query', 'close', 'refund', 'refund-query'] as const
/** What our server asks WeChat for. */
export type Call = (typeof calls)[number]
/** fair: WeChat hears and is heard. unheard: it never hears. unanswered: it does as it was asked, and nobody learns. */
export type Fare = 'fair' | 'unheard' | 'unanswered'

export interface Order {
  id: string
  quantity: number
  totalFen: number
  /** From then on nobody may begin to pay it. */
  expiresAtMs: number
  /** The books say so: nobody can pay it any more. */
  isClosed: boolean
  /** Its time is over and WeChat could be asked: nothing about it may be open or unknown any more. */
  isOver: boolean
  /** Its buyer has asked to cancel it: nothing may be started or launched any more. */
  isCancelAsked: boolean
  attempts: Attempt[]
}

/** mini-program, official account, and a QR code that anybody scans. */
export const doors = ['02', '01', '04'] as const
/** Code of the entry that collects. */
export type Door = (typeof doors)[number]

/** One attempt to collect, under its out_trade_no. */
export interface Attempt {
  number: string
  door: Door
  /** What it asks for, for ever. */
  amountFen: number
  /** Somebody holds what opens its cashier. */
  canBeTried: boolean
  /** WeChat was told to close it, and not by our server. */
  isClosedElsewhere: boolean
  /** WeChat has the customer's money. */
  isTaken: boolean
  /** The server was told of that, or asked and was answered: from here on it has to know. */
  isTold: boolean
  /** The books call it paid. */
  isPaid: boolean
  /** It is what pays the order. */
  isKept: boolean
  /** Fen of it that operators were granted to give back. */
  grantedFen: number
  /** What the books call it, and how much of it they say has gone back, as last seen. */
  called: string
  goneBackFen: number
}

const fairWeather = (): Model['weather'] => ({
  prepay: 'fair',
  query: 'fair',
  close: 'fair',
  refund: 'fair',
  'refund-query': 'fair',
})

export const newModel = (nowMs: number, pieces: number): Model => ({
  nowMs,
  pieces,
  orders: [],
  weather: fairWeather(),
})

export const clearUp = (model: Model): void => void (model.weather = fairWeather())
export const isFair = ({ weather }: Model): boolean => calls.every((call) => weather[call] === 'fair')

/** An order is paid when one of its attempts pays it; money that is not kept pays nothing. */
export const stateOf = (order: Order): 'pending' | 'paid' | 'closed' =>
  keptOf(order) ? 'paid' : order.isClosed ? 'closed' : 'pending'

export const keptOf = (order: Order): Attempt | undefined => order.attempts.find((one) => one.isKept)

/** An order without money that is not cancelled and whose time is not over. */
export const isUnpaid = (model: Model, order: Order): boolean =>
  stateOf(order) === 'pending' && !order.isCancelAsked && model.nowMs < order.expiresAtMs

/** No cashier is opened for what is paid, closed or within a minute of its end. */
export const isPayable = (model: Model, order: Order): boolean =>
  isUnpaid(model, order) && model.nowMs < order.expiresAtMs - LAST_MINUTE_MS

/** Money that pays no order goes back in full; of money that does, what an operator was granted. */
export const goesBackFen = (attempt: Attempt): number =>
  attempt.isPaid && !attempt.isKept ? attempt.amountFen : attempt.grantedFen

/** What an operator may still be granted of an order. */
export function refundableFen(order: Order): number {
  const kept = keptOf(order)
  return kept ? kept.amountFen - kept.grantedFen : 0
}

/** Orders hold their pieces until they close, or until all of their money has gone back. */
export const piecesLeft = (model: Model): number =>
  model.pieces - model.orders.filter(holdsPieces).reduce((sum, order) => sum + order.quantity, 0)

function holdsPieces(order: Order): boolean {
  const kept = keptOf(order)
  return kept ? kept.goneBackFen < kept.amountFen : !order.isClosed
}

export const newOrder = (order: Pick<Order, 'id' | 'quantity' | 'totalFen' | 'expiresAtMs'>): Order => ({
  ...order,
  isClosed: false,
  isOver: false,
  isCancelAsked: false,
  attempts: [],
})

/** A new attempt asks for what the order costs now. */
export const newAttempt = (order: Order, door: Door, number: string): Attempt => ({
  number,
  door,
  amountFen: order.totalFen,
  canBeTried: false,
  isClosedElsewhere: false,
  isTaken: false,
  isTold: false,
  isPaid: false,
  isKept: false,
  grantedFen: 0,
  called: 'created',
  goneBackFen: 0,
})

/** It is the one that the books take money with now. */
export const isCurrent = ({ called }: Pick<Attempt, 'called'>): boolean =>
  called === 'created' || called === 'pending'

/**
 * The server came to know that these are paid, all at one time. The first of them that asks for what the order costs
 * pays it, unless another one does already. Which of several is first is the server's to say: `kept` is what it says.
 */
export function learn(order: Order, numbers: readonly string[], kept: string | undefined): void {
  const news = order.attempts.filter((one) => numbers.includes(one.number))
  const fits = keptOf(order) ? [] : news.filter((one) => one.amountFen === order.totalFen)
  for (const one of news) one.isPaid = true
  const first = fits.find((one) => one.number === kept) ?? fits[0]
  if (first) first.isKept = true
}
