/** A path of our H5 that may be opened: it starts with one slash, so it can name no other host. Anything else is "/". */
export function h5Path(candidate: string | undefined): string {
  const path = decoded(candidate ?? '')
  return /^\/(?![/\\])[^\s\\#]*$/.test(path) ? path : '/'
}

/**
 * The path a friend may see on a card: no query, no fragment, no ticket.
 * @param address what the web-view shows, as WeChat reports it; a foreign page and the sign-in page do not count
 * @param opened the H5 path this web-view was opened for
 */
export function sharedPath(address: string | undefined, opened: string, host: string): string {
  const shown = address?.startsWith(`${host}/`) ? withoutQuery(address.slice(host.length)) : '/enter'
  return h5Path(shown === '/enter' ? withoutQuery(opened) : shown)
}

function withoutQuery(path: string): string {
  return path.replace(/[?#].*$/, '')
}

/** WeChat hands query values over undecoded; a value that cannot be decoded is left as it is. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
