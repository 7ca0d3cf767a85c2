/** The one polite live region of a page, for parts that may be shown many times: each with its own would be noise. */
let region: HTMLElement | null = null
let timer = 0

/** Text left here would be found by readers of the screen at the end of the page. */
const keptForMs = 3_000

/** Puts the region into the page. Screen readers announce only what changes in a region that is there already. */
export function prepareAnnouncements(): void {
  if (region?.isConnected) return
  region = document.createElement('div')
  region.className = 'unseen'
  region.setAttribute('role', 'status')
  document.body.append(region)
}

/** Has screen readers say a sentence when they have finished what they are saying. */
export function announce(sentence: string): void {
  prepareAnnouncements()
  region!.textContent = sentence
  window.clearTimeout(timer)
  timer = window.setTimeout(() => region?.replaceChildren(), keptForMs)
}
