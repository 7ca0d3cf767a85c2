/** Answers matchMedia as the phone's theme says; style sheets are dealt with on their way, see proxy/appearance.ts. */
export function obeyTheme(theme: 'light' | 'dark'): void {
  const native = window.matchMedia.bind(window)
  window.matchMedia = (query) =>
    native(
      query.replace(/prefers-color-scheme\s*:\s*(dark|light)/gi, (_all, asked: string) =>
        asked.toLowerCase() === theme ? 'min-width:0px' : 'max-width:0px',
      ),
    )
}

/** Enlarges what is measured in rem; sizes in px grow in the style sheets. */
export function enlarge(scale: number): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`:root{font-size:${scale * 100}%}`)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
}
