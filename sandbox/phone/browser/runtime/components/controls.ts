import { element } from '../../element.ts'
import { sandbox } from '../../sandbox.ts'
import { type BuiltIn, type Instance, type BuiltInParts, reflect } from './built-in.ts'

/** Components that a finger works: button, input, image, picker. */
export function controls(parts: BuiltInParts): Record<string, BuiltIn> {
  return {
    button: button(parts),
    input: input(),
    image: image(parts),
    picker: picker(parts),
  }
}

function button(parts: BuiltInParts): BuiltIn {
  return {
    properties: {
      type: String,
      size: String,
      plain: Boolean,
      disabled: Boolean,
      loading: Boolean,
      formType: String,
      openType: String,
      appParameter: String,
      hoverClass: { type: String, value: 'button-hover' },
    },
    draw: {
      type: (host, value: string) => reflect(host, 'data-type', value),
      size: (host, value: string) => reflect(host, 'data-size', value),
      plain: (host, value: boolean) => host.toggleAttribute('data-plain', value),
      loading: (host, value: boolean) => host.toggleAttribute('data-loading', value),
      disabled(host, value: boolean) {
        host.toggleAttribute('disabled', value)
        reflect(host, 'aria-disabled', value)
      },
    },
    attached(host) {
      host.setAttribute('role', 'button')
      host.tabIndex = 0
      host.addEventListener('click', () => {
        if (this.data.disabled === true) return
        openTypes[String(this.data.openType)]?.(this, parts)
        if (this.data.formType)
          host.closest('wx-form')?.dispatchEvent(new Event(`phone-${String(this.data.formType)}`))
      })
      // A keyboard reaches the button too; the tap it makes is one like a finger's.
      host.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        if (this.data.disabled !== true)
          this.triggerEvent('tap', { x: 0, y: 0 }, { bubbles: true, composed: true })
      })
    },
  }
}

/** What a button does by its open-type: https://developers.weixin.qq.com/miniprogram/dev/component/button.html */
const openTypes: Record<string, (button: Instance, parts: BuiltInParts) => void> = {
  share: (button, { share }) => share(button),
  launchApp(button, { launchApp }) {
    if (!launchApp(String(button.data.appParameter ?? '')))
      button.triggerEvent('error', { errMsg: 'invalid scene' })
  },
  getPhoneNumber: (button, { device }) => void askForNumber(button, device),
}

/** https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/getPhoneNumber.html */
async function askForNumber(button: Instance, device: BuiltInParts['device']): Promise<void> {
  const { id, phoneNumber } = device.person
  const allows = await device.dialogs.showModal({
    title: '申请获取并验证你的手机号',
    content: phoneNumber.replace(/^(\d{3})\d{4}/, '$1****'),
    confirmText: '允许',
    cancelText: '不允许',
    showCancel: true,
  })
  // Two platforms, two spellings: both are known from merchants' code.
  const denied = device.profile.platform === 'ios' ? 'fail user deny' : 'fail:user deny'
  const detail = allows
    ? { errMsg: 'getPhoneNumber:ok', code: await sandbox.phoneCode(id, device.miniProgramAppid) }
    : { errMsg: `getPhoneNumber:${denied}` }
  button.triggerEvent('getphonenumber', detail)
}

function input(): BuiltIn {
  const fields = new WeakMap<object, HTMLInputElement>()
  const set = (instance: Instance, change: (field: HTMLInputElement) => void): void => {
    const field = fields.get(instance)
    if (field !== undefined) change(field)
  }
  const apply = (instance: Instance, field: HTMLInputElement): void => {
    const { value, placeholder, password, disabled, maxlength, type, name } = instance.data
    if (field.value !== String(value)) field.value = String(value)
    field.placeholder = String(placeholder)
    field.type = password === true ? 'password' : 'text'
    field.inputMode = type === 'number' || type === 'digit' ? 'decimal' : 'text'
    field.disabled = disabled === true
    field.maxLength = Number(maxlength) >= 0 ? Number(maxlength) : 524288
    field.name = String(name)
  }
  const redraw = function (this: Instance): void {
    set(this, (field) => apply(this, field))
  }
  return {
    properties: {
      value: String,
      name: String,
      placeholder: String,
      placeholderClass: String,
      type: String,
      password: Boolean,
      disabled: Boolean,
      focus: Boolean,
      maxlength: { type: Number, value: 140 },
    },
    draw: {
      value: redraw,
      placeholder: redraw,
      password: redraw,
      disabled: redraw,
      maxlength: redraw,
      type: redraw,
      name: redraw,
      focus(_host, value: boolean) {
        if (value) set(this, (field) => field.focus())
      },
    },
    attached(host) {
      const field = element('input')
      fields.set(this, field)
      apply(this, field)
      host.append(field)
      const tell = (name: string): void =>
        this.triggerEvent(name, { value: field.value, cursor: field.selectionStart })
      field.addEventListener('input', (event) => {
        event.stopPropagation()
        // Also moves a model:value binding of the page.
        this.setData({ value: field.value })
        tell('input')
      })
      field.addEventListener('focus', () => tell('focus'))
      field.addEventListener('blur', () => tell('blur'))
      field.addEventListener('keydown', (event) => event.key === 'Enter' && tell('confirm'))
      if (this.data.focus === true) queueMicrotask(() => field.focus())
    },
  }
}

function image({ assetUrl }: BuiltInParts): BuiltIn {
  const fit: Record<string, string> = { scaleToFill: 'fill', aspectFit: 'contain', aspectFill: 'cover' }
  const pictures = new WeakMap<object, HTMLImageElement>()
  const show = (picture: HTMLImageElement | undefined, src: unknown): void => {
    if (picture === undefined) return
    if (src) picture.src = assetUrl(String(src))
    else picture.removeAttribute('src')
  }
  return {
    properties: { src: String, mode: { type: String, value: 'scaleToFill' }, lazyLoad: Boolean },
    draw: {
      src(_host, value: string) {
        show(pictures.get(this), value)
      },
      mode: (host, value: string) => {
        reflect(host, 'data-mode', value)
        host.style.setProperty('--fit', fit[value] ?? 'fill')
      },
    },
    attached(host) {
      const picture = element('img', { alt: '', draggable: 'false' })
      pictures.set(this, picture)
      picture.addEventListener('load', () =>
        this.triggerEvent('load', { width: picture.naturalWidth, height: picture.naturalHeight }),
      )
      picture.addEventListener('error', () => this.triggerEvent('error', { errMsg: 'GET image fail' }))
      host.style.setProperty('--fit', fit[String(this.data.mode)] ?? 'fill')
      reflect(host, 'data-mode', this.data.mode)
      host.append(picture)
      show(picture, this.data.src)
    },
  }
}

/** mode="selector" only: one list, shown as an action sheet. */
function picker({ device }: BuiltInParts): BuiltIn {
  return {
    properties: {
      mode: { type: String, value: 'selector' },
      range: Array,
      rangeKey: String,
      value: null,
      disabled: Boolean,
    },
    attached(host) {
      host.addEventListener('click', () => {
        if (this.data.disabled === true) return
        if (this.data.mode !== 'selector') {
          console.error(
            `[phone] <picker mode="${String(this.data.mode)}"> is not part of this phone; "selector" is.`,
          )
          return
        }
        const range = (this.data.range ?? []) as unknown[]
        const key = String(this.data.rangeKey ?? '')
        const labels = range.map((item) => String(key ? (item as Record<string, unknown>)[key] : item))
        void device.dialogs.showActionSheet(labels).then((index) => {
          if (index === null) this.triggerEvent('cancel', {})
          else this.triggerEvent('change', { value: String(index) })
        })
      })
    },
  }
}
