import type { Device } from '../device.ts'
import { element } from '../element.ts'

/** What a program left WeChat's front for. */
export interface Place {
  /** Stands in the bar. */
  title: string
  /** What the other side was given, in rows of name and text. */
  given: readonly (readonly [name: string, text: string])[]
  /** Words of the button that leads back. */
  back: string
  /** Whether the other side may give something back. */
  answers: boolean
}

/** The page that stands for another mini-program or an app: the phone has the source of one mini-program only. */
export interface Outside {
  /** The title of the place in front; null: the program itself is. */
  title(): string | null
  /** @param comeBack called once with what the other side gave back; undefined: nothing */
  go(place: Place, comeBack: (answer: unknown) => void): void
  /** Back without an answer. False: the program itself is in front. */
  leave(): boolean
  forget(): void
}

/**
 * @param host holds the program's pages; the stand-in lies over them
 * @param changed the bar must be drawn again
 */
export function createOutside(host: HTMLElement, device: Device, changed: () => void): Outside {
  let shown: { title: string; leave: (answer?: unknown) => void; page: HTMLElement } | null = null
  const forget = (): void => {
    shown?.page.remove()
    shown = null
  }
  return {
    title: () => shown?.title ?? null,
    go(place, comeBack) {
      forget()
      const leave = (answer?: unknown): void => {
        forget()
        comeBack(answer)
        changed()
      }
      const page = draw(place, device, leave)
      shown = { title: place.title, leave, page }
      host.append(page)
      changed()
    },
    leave() {
      if (shown === null) return false
      shown.leave()
      return true
    },
    forget,
  }
}

function draw(place: Place, device: Device, leave: (answer?: unknown) => void): HTMLElement {
  const field = element('textarea', { rows: '2' }, '{}')
  const back = (): void => {
    const answer = place.answers ? parsed(field.value) : {}
    if (answer === undefined)
      device.dialogs.showToast({ title: 'extraData 不是 JSON', icon: 'none', durationMs: 1500, mask: false })
    else leave(answer)
  }
  const rows = place.given.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)])
  const answering = place.answers ? [element('label', {}, '带回去的 extraData', field)] : []
  return element(
    '.outside',
    { role: 'region', 'aria-label': place.title },
    element('p', {}, '这里是沙箱里的替身。交给这边的是：'),
    element('dl', {}, ...rows),
    ...answering,
    element('button', { type: 'button', onclick: back }, place.back),
  )
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
