/**
 * Keeps a `to` on this site: answers it when it is a path of this origin, otherwise "/".
 * `//host`, `/\host`, control characters (which address parsers drop) and schemes would leave the site.
 */
export function safePath(to: string | null | undefined): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
  if (!to || !/^\/(?![/\\])[^\u0000-\u001f\u007f\\]*$/.test(to)) return '/'
  const here = 'https://here.invalid'
  try {
    const url = new URL(to, here)
    return url.origin === here && !url.pathname.startsWith('//') ? url.pathname + url.search + url.hash : '/'
  } catch {
    return '/'
  }
}
