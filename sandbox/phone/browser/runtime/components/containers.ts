import { type BuiltIn, type BuiltInParts, reflect } from './built-in.ts'

/** Components that mainly hold others: view, text, scroll-view, swiper, form, label, icon, navigator. */
export function containers({ navigate }: BuiltInParts): Record<string, BuiltIn> {
  return {
    view: {},
    block: {},
    text: {
      properties: { userSelect: Boolean, selectable: Boolean, space: String, decode: Boolean },
      draw: { userSelect: (host, value: boolean) => host.toggleAttribute('data-selectable', value) },
    },
    'scroll-view': {
      properties: {
        scrollX: Boolean,
        scrollY: Boolean,
        scrollTop: Number,
        lowerThreshold: { type: Number, value: 50 },
      },
      draw: {
        scrollX: (host, value: boolean) => host.toggleAttribute('data-scroll-x', value),
        scrollY: (host, value: boolean) => host.toggleAttribute('data-scroll-y', value),
        scrollTop: (host, value: number) => host.scrollTo({ top: value }),
      },
      attached(host) {
        let wasLow = false
        host.addEventListener('scroll', () => {
          const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight } = host
          this.triggerEvent('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth })
          const isLow = scrollHeight - scrollTop - clientHeight <= Number(this.data.lowerThreshold)
          if (isLow && !wasLow) this.triggerEvent('scrolltolower', { direction: 'bottom' })
          wasLow = isLow
        })
      },
    },
    swiper: swiper(),
    'swiper-item': { properties: { itemId: String } },
    form: {
      attached(host) {
        host.addEventListener('phone-submit', () => this.triggerEvent('submit', { value: formValues(host) }))
        host.addEventListener('phone-reset', () => this.triggerEvent('reset', {}))
      },
    },
    label: {
      properties: { for: String },
      attached(host) {
        host.addEventListener('click', () => host.querySelector('input')?.focus())
      },
    },
    icon: {
      properties: { type: String, size: null, color: String },
      draw: {
        type: (host, value: string) => reflect(host, 'data-type', value),
        size: (host, value: unknown) =>
          host.style.setProperty('--size', `${Number.parseFloat(String(value)) || 23}px`),
        color: (host, value: string) => host.style.setProperty('color', value),
      },
    },
    navigator: {
      properties: { url: String, openType: { type: String, value: 'navigate' }, delta: Number },
      attached(host) {
        host.addEventListener('click', () => navigate(String(this.data.openType), String(this.data.url)))
      },
    },
  }
}

function swiper(): BuiltIn {
  const timers = new WeakMap<object, ReturnType<typeof setInterval>>()
  const show = (host: HTMLElement, index: number): void =>
    host.scrollTo({ left: index * host.clientWidth, behavior: 'smooth' })
  return {
    properties: {
      current: Number,
      autoplay: Boolean,
      interval: { type: Number, value: 5000 },
      circular: Boolean,
      indicatorDots: Boolean,
    },
    draw: { current: (host, value: number) => show(host, value) },
    attached(host) {
      let current = Number(this.data.current)
      host.addEventListener('scrollend', () => {
        const now = Math.round(host.scrollLeft / Math.max(1, host.clientWidth))
        if (now !== current) this.triggerEvent('change', { current: (current = now), source: 'touch' })
      })
      if (this.data.autoplay !== true) return
      const step = (): void =>
        show(host, (current + 1) % Math.max(1, host.querySelectorAll('wx-swiper-item').length))
      timers.set(this, setInterval(step, Number(this.data.interval)))
    },
    detached() {
      clearInterval(timers.get(this))
    },
  }
}

/** Values of the named inputs of a form, as bindsubmit receives them. */
function formValues(host: HTMLElement): Record<string, string> {
  const inputs = [...host.querySelectorAll<HTMLInputElement>('input[name]')]
  return Object.fromEntries(inputs.map((input) => [input.name, input.value]))
}
