/** A page of the mini-program and the query it is opened with. */
export interface PageAddress {
  /** e.g. "pages/pay/pay" */
  route: string
  /** Values as they stand in the address: WeChat decodes nothing. */
  query: Record<string, string>
}

/**
 * Reads the url of wx.navigateTo and its kin.
 * @param from route of the page that navigates: relative urls start there
 */
export function readPageAddress(url: string, from: string): PageAddress {
  const questionMark = url.indexOf('?')
  const path = questionMark < 0 ? url : url.slice(0, questionMark)
  const search = questionMark < 0 ? '' : url.slice(questionMark + 1)
  const query: Record<string, string> = {}
  for (const pair of search.split('&').filter((part) => part !== '')) {
    const equals = pair.indexOf('=')
    if (equals < 0) query[pair] = ''
    else query[pair.slice(0, equals)] = pair.slice(equals + 1)
  }
  const route = new URL(path, `http://app/${from}`).pathname.slice(1)
  return { route: decodeURIComponent(route), query }
}

/** The address as it is shown in histories and share cards. */
export function writePageAddress({ route, query }: PageAddress): string {
  const search = Object.entries(query).map(([name, value]) => `${name}=${value}`)
  return `/${route}${search.length > 0 ? `?${search.join('&')}` : ''}`
}
