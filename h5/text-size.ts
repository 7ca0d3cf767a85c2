/** From here on WeUI's care mode takes over: stronger colours for those who chose large text. */
const careFrom = 1.2

/**
 * Turns WeUI's care mode on when text is drawn large, by whatever means: the root font, Android's text zoom or iOS's
 * text-size-adjust. Only a measured line knows all three.
 */
export function heedTextSize(): void {
  const line = document.createElement('span')
  line.textContent = '国国国国国国国国国国'
  line.style.cssText = 'position:absolute;visibility:hidden;white-space:nowrap;font-size:1rem'
  document.body.append(line)
  const scale = line.offsetWidth / 160
  line.remove()
  if (scale >= careFrom) document.body.setAttribute('data-weui-mode', 'care')
}
