/** What passes between a camera and the screens it sees; the screens may stand in other windows of this browser. */
type Sight = { look: string } | { look: string; pictures: string[] }

/** Every page of the sandbox hears it, and no other. */
const CHANNEL = 'qiaofu-camera'
/** A screen that has not answered by then shows nothing. */
const PATIENCE_MS = 1_500
/** After the first code another screen may still answer: a person would see both. */
const SECOND_SCREEN_MS = 150
/** The side of a code's picture, in px: small enough to be read quickly, large enough for the densest code. */
const SIDE = 480

/** Lets cameras see this screen: `pictures` is asked at each look. @returns ends it */
export function showToCameras(pictures: () => Promise<string[]>): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', ({ data }: MessageEvent<Sight>) => {
    if ('pictures' in data) return
    void pictures().then((found) => channel.postMessage({ look: data.look, pictures: found } satisfies Sight))
  })
  return () => channel.close()
}

/** One look at all other screens of this browser. @returns what the codes in sight say, each once */
export function lookAround(): Promise<string[]> {
  const channel = new BroadcastChannel(CHANNEL)
  const look = crypto.randomUUID()
  const texts = new Set<string>()
  return new Promise((resolve) => {
    const end = (): void => {
      channel.close()
      resolve([...texts])
    }
    let timer = setTimeout(end, PATIENCE_MS)
    channel.addEventListener('message', ({ data }: MessageEvent<Sight>) => {
      if (data.look !== look || !('pictures' in data)) return
      for (const picture of data.pictures) {
        void readCode(picture).then((text) => {
          if (text === null) return
          texts.add(text)
          clearTimeout(timer)
          timer = setTimeout(end, SECOND_SCREEN_MS)
        })
      }
    })
    channel.postMessage({ look } satisfies Sight)
  })
}

/** Reads the code in a picture, as any scanner does: by its pixels. @returns null when there is none */
async function readCode(picture: string): Promise<string | null> {
  const image = new Image()
  image.src = picture
  const isDrawn = await image.decode().then(
    () => true,
    () => false,
  )
  if (!isDrawn) return null
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIDE
  const paper = canvas.getContext('2d', { willReadFrequently: true })
  if (paper === null) return null
  paper.fillStyle = '#fff'
  paper.fillRect(0, 0, SIDE, SIDE)
  const scale = (SIDE - 32) / Math.max(image.width, image.height)
  paper.drawImage(image, 16, 16, image.width * scale, image.height * scale)
  const { data } = paper.getImageData(0, 0, SIDE, SIDE)
  // Only who scans loads the reader.
  const { default: jsQR } = await import('jsqr')
  return jsQR(data, SIDE, SIDE)?.data ?? null
}
