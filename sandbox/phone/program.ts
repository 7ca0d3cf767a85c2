/** app.json, as far as the phone uses it: https://developers.weixin.qq.com/miniprogram/dev/reference/configuration/app.html */
export interface AppJson {
  pages: string[]
  window?: WindowJson
  usingComponents?: Record<string, string>
  tabBar?: { list: { pagePath: string; text: string }[] }
  themeLocation?: string
}

/** The window settings that app.json gives to every page and a page's own json overrides. */
export interface WindowJson {
  navigationBarTitleText?: string
  navigationBarBackgroundColor?: string
  navigationBarTextStyle?: 'black' | 'white'
  navigationStyle?: 'default' | 'custom'
  backgroundColor?: string
  enablePullDownRefresh?: boolean
}

/** One page or component: its four files share this path. */
export interface ComponentSource {
  /** Path without suffix, e.g. "pages/pay/pay". */
  path: string
  isPage: boolean
  json: WindowJson & { component?: boolean; usingComponents: Record<string, string>; styleIsolation?: string }
  /** Prefix of the classes in an isolated component; null where classes are the page's own. */
  styleScope: string | null
}

/** Colours of theme.json, by theme and name: app.json and page json refer to them as "@name". */
export type ThemeJson = Record<'light' | 'dark', Record<string, string>>

/** A compiled mini-program, as program.js exports it. It holds nothing that runs until a phone calls a factory. */
export interface Program {
  app: AppJson
  theme: ThemeJson
  components: ComponentSource[]
  /** path → what the template compiler generated; opaque to all but the template engine */
  templates: Record<string, unknown>
  /** path without suffix → CommonJS factory, its parameters in the order of `moduleParameters` */
  modules: Record<string, (...given: unknown[]) => void>
  /** One style sheet for all pages, see compile/wxss.ts. */
  css: string
}
