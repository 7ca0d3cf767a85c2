import type { Locator } from '@playwright/test'
import jsQR from 'jsqr'

/** What a phone's camera reads off a picture on a page; undefined when it is no QR code. */
export async function readQr(picture: Locator): Promise<string | undefined> {
  const png = (await picture.screenshot()).toString('base64')
  const blank = await picture.page().context().newPage()
  const { width, height, bytes } = await blank.evaluate(async (source) => {
    const image = new Image()
    image.src = `data:image/png;base64,${source}`
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    const brush = canvas.getContext('2d')!
    brush.drawImage(image, 0, 0)
    const { data } = brush.getImageData(0, 0, image.width, image.height)
    return { width: image.width, height: image.height, bytes: [...data] }
  }, png)
  await blank.close()
  return jsQR(new Uint8ClampedArray(bytes), width, height)?.data
}
