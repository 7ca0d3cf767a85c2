import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'

/** Counts the requests that node:http makes in this process and that are not over. */
export function countRequests(): { count(): number; stop(): void } {
  const underWay = new Set<ClientRequest>()
  const began = (message: unknown) => {
    const { request } = message as { request: ClientRequest }
    underWay.add(request)
    request.once('close', () => underWay.delete(request))
  }
  subscribe('http.client.request.created', began)
  return { count: () => underWay.size, stop: () => void unsubscribe('http.client.request.created', began) }
}
