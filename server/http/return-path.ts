/**
 * Where to go after signing in: a path of our own, or "/". Browsers read "\" as "/" and drop tabs and line feeds, so
 * the text is parsed the way they do before it is believed.
 */
export function returnPath(wanted: unknown, publicUrl: string): string {
  if (typeof wanted !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) || wanted.length > 1024)
    return '/'
  try {
    const url = new URL(wanted, publicUrl)
    if (url.origin !== new URL(publicUrl).origin) return '/'
    // Not back into signing in: a page that follows its own sign-in loops. Routes match in capital letters too.
    const isPage = !/^\/(\/|api(\/|$)|enter(\/|$))/i.test(url.pathname)
    return isPage ? url.pathname + url.search + url.hash : '/'
  } catch {
    return '/'
  }
}
