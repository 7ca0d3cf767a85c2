import type { glassEasel } from 'glass-easel-miniprogram-adapter'
import type { Device } from '../../device.ts'
import type { WebViewHost } from '../web-view-host.ts'

export type ComponentSpace = InstanceType<typeof glassEasel.ComponentSpace>

/** What built-in components need of the phone they are on. */
export interface BuiltInParts {
  device: Device
  webViews: WebViewHost
  /** Address of a picture or another file of the mini-program, as the window can load it. */
  assetUrl(src: string): string
  /** Taps on <navigator>: the mini-program's own wx. */
  navigate(openType: string, url: string): void
  /** Taps on <button open-type="share">. */
  share(target: unknown): void
  /** Taps on <button open-type="launchApp">. False: the program did not come from an app. */
  launchApp(parameter: string): boolean
}

/** An instance of a built-in component. */
export interface Instance {
  data: Record<string, unknown>
  getBackendElement(): HTMLElement
  setData(values: Record<string, unknown>): void
  triggerEvent(name: string, detail?: unknown, options?: { bubbles?: boolean; composed?: boolean }): void
}

/** One built-in component. Its host element is named wx-{tag}; its children lie inside unless it says otherwise. */
export interface BuiltIn {
  properties?: Record<string, unknown>
  /** Draws a property: called with the element and the value whenever it changes. */
  draw?: Record<string, (this: Instance, host: HTMLElement, value: never) => void>
  attached?(this: Instance, host: HTMLElement): void
  detached?(this: Instance): void
}

/** What every component takes: https://developers.weixin.qq.com/miniprogram/dev/framework/view/component.html */
const everyComponent: Required<Pick<BuiltIn, 'properties' | 'draw'>> = {
  properties: {
    hidden: Boolean,
    hoverClass: String,
    hoverStopPropagation: Boolean,
    hoverStartTime: Number,
    hoverStayTime: Number,
    ariaRole: String,
    ariaLabel: String,
    ariaHidden: null,
    ariaLive: String,
    ariaDisabled: null,
    ariaChecked: null,
    ariaBusy: null,
  },
  draw: {
    hidden: (host, value: boolean) => host.toggleAttribute('hidden', value),
    ariaRole(host, value: string) {
      reflect(host, 'role', value)
      // WeChat has headings without a level; a browser's must have one, and the bar's title is the first.
      reflect(host, 'aria-level', value === 'heading' ? 2 : '')
    },
    ariaLabel: (host, value: string) => reflect(host, 'aria-label', value),
    ariaHidden: (host, value: unknown) => reflect(host, 'aria-hidden', value),
    ariaLive: (host, value: string) => reflect(host, 'aria-live', value),
    ariaDisabled: (host, value: unknown) => reflect(host, 'aria-disabled', value),
    ariaChecked: (host, value: unknown) => reflect(host, 'aria-checked', value),
    ariaBusy: (host, value: unknown) => reflect(host, 'aria-busy', value),
  },
}

/** Registers a built-in component under its tag. */
export function define(space: ComponentSpace, tag: string, builtIn: BuiltIn): void {
  const draw = { ...everyComponent.draw, ...builtIn.draw }
  const observers: Record<string, (this: Instance, value: never) => void> = {}
  for (const [name, paint] of Object.entries(draw)) {
    observers[name] = function (value) {
      paint.call(this, this.getBackendElement(), value)
    }
  }
  const component = space.defineComponent({
    is: `built-in/${tag}`,
    properties: { ...everyComponent.properties, ...builtIn.properties } as never,
    observers: observers as never,
    lifetimes: {
      attached(this: Instance) {
        const host = this.getBackendElement()
        pressable(this, host)
        builtIn.attached?.call(this, host)
      },
      detached(this: Instance) {
        builtIn.detached?.call(this)
      },
    } as never,
  })
  space.setGlobalUsingComponent(tag, component.general())
}

/** Shows the pressed look while a finger is down. */
function pressable(instance: Instance, host: HTMLElement): void {
  const look = (): string => String(instance.data.hoverClass ?? '')
  const press = (): void => {
    if (look() !== '' && look() !== 'none' && !host.hasAttribute('disabled'))
      host.classList.add(...look().split(/\s+/))
  }
  const release = (): void => {
    if (look() !== '') host.classList.remove(...look().split(/\s+/))
  }
  host.addEventListener('pointerdown', press)
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) host.addEventListener(end, release)
}

/** Writes an attribute, or takes it away when the property is empty. */
export function reflect(host: HTMLElement, name: string, value: unknown): void {
  if (value === undefined || value === null || value === '' || value === false) host.removeAttribute(name)
  else host.setAttribute(name, String(value))
}
