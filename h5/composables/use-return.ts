import { onBeforeUnmount, onMounted, shallowRef } from 'vue'
import type { OrderStatus } from '../../contract/order.ts'
import { failureOf, RequestFailed } from '../api/failure.ts'
import type { Failure } from '../api/failure.ts'
import { getStatus, glanceAtResult } from '../api/orders.ts'

/** How an order stands, as far as this browser may know. `paymentId` is null in a browser that is not the customer's. */
export interface ReturnSight extends OrderStatus {
  paymentId: string | null
  isOwn: boolean
}

const lookEveryMs = 2_000

/**
 * What the page shows that a cashier came back to, perhaps while the customer still pays: our own books and nothing else.
 * WeChat is asked by the customer's tap or by the server's ladder.
 */
export function useReturn(orderId: string, link: string | null) {
  const sight = shallowRef<ReturnSight | null>(null)
  const failure = shallowRef<Failure | null>(null)
  let timer = 0
  let isGone = false

  async function look(): Promise<void> {
    window.clearTimeout(timer)
    try {
      sight.value = await read(orderId, link)
      failure.value = null
    } catch (error) {
      failure.value = failureOf(error)
    }
    const isOver = sight.value?.result === 'paid' || sight.value?.result === 'closed'
    if (!isOver && !isGone) timer = window.setTimeout(() => void look(), lookEveryMs)
  }

  onMounted(() => {
    window.addEventListener('pageshow', look)
    void look()
  })
  onBeforeUnmount(() => {
    isGone = true
    window.clearTimeout(timer)
    window.removeEventListener('pageshow', look)
  })
  return { sight, failure, look }
}

async function read(orderId: string, link: string | null): Promise<ReturnSight> {
  try {
    const { result, order, paymentId } = await glanceAtResult(orderId)
    return { result, displayState: order.displayState, totalFen: order.totalFen, paymentId, isOwn: true }
  } catch (error) {
    if (!link || !isStranger(error)) throw error
    return { ...(await getStatus(orderId, link)), paymentId: null, isOwn: false }
  }
}

/** Not signed in, or as somebody else: a phone opens WeChat's way back in whatever browser is its first. */
function isStranger(error: unknown): boolean {
  if (!(error instanceof RequestFailed)) return false
  const { failure } = error
  return failure.kind === 'problem' && [401, 404].includes(failure.problem.status)
}
