/** Smaller things hold no code that a camera could read, in px of the page. */
const SMALLEST = 60
/** A page full of photographs is not all copied. */
const MOST = 12

/**
 * What a camera held before the screen would see: drawings and pictures within the window, as they are shown.
 * @returns data: addresses; what a page may not read (another server's picture) is left out
 */
export function picturesInSight(): string[] {
  const found = [...document.querySelectorAll('svg, canvas, img')].filter(isInSight)
  return found
    .slice(0, MOST)
    .map(copy)
    .filter((picture) => picture !== null)
}

function isInSight(picture: Element): boolean {
  const { width, height, top, left, bottom, right } = picture.getBoundingClientRect()
  const isLarge = width >= SMALLEST && height >= SMALLEST
  const isInside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth
  return isLarge && isInside && picture.checkVisibility({ opacityProperty: true, visibilityProperty: true })
}

function copy(picture: Element): string | null {
  if (picture instanceof SVGSVGElement) return copyDrawing(picture)
  try {
    if (picture instanceof HTMLCanvasElement) return picture.toDataURL()
    return copyImage(picture as HTMLImageElement)
  } catch {
    return null
  }
}

/** Its own colours come along; what a style sheet of the page adds does not. */
function copyDrawing(drawing: SVGSVGElement): string {
  const { width, height } = drawing.getBoundingClientRect()
  const drawn = drawing.cloneNode(true) as SVGSVGElement
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  drawn.setAttribute('width', String(width))
  drawn.setAttribute('height', String(height))
  drawn.style.color = getComputedStyle(drawing).color
  return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(drawn))}`
}

function copyImage(image: HTMLImageElement): string | null {
  const { width, height } = image.getBoundingClientRect()
  const canvas = document.createElement('canvas')
  canvas.width = width * 2
  canvas.height = height * 2
  const paper = canvas.getContext('2d')
  if (paper === null) return null
  paper.drawImage(image, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL()
}
