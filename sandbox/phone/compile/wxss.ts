import postcss, { type AtRule, type Container, type Root, type Rule } from 'postcss'
import type { ComponentSource } from '../program.ts'
import { resolveFrom, type Source } from './source.ts'
import { builtInTags } from './tags.ts'

const TAG = new RegExp(`(^|[\\s>+~(,])(${builtInTags.join('|')})(?=$|[\\s.:>+~#\\[),])`, 'g')

/**
 * Compiles app.wxss and every page's and component's WXSS into one style sheet.
 * The rules reach nothing outside the phone's screen (`.mp`), a page's rules only that page, and a component's classes
 * carry its scope. Sizes and colour scheme are the phone's, not the browser window's.
 * @throws Error naming file and line
 */
export function compileWxss(source: Source): string {
  const sheets = [sheet(source, 'app.wxss', '.mp', null)]
  for (const component of source.components) sheets.push(componentSheet(source, component))
  return sheets.filter((css) => css !== '').join('\n')
}

function componentSheet(source: Source, component: ComponentSource): string {
  const reach = component.isPage ? `.mp-page[data-route="${component.path}"]` : '.mp'
  return sheet(source, `${component.path}.wxss`, reach, component.styleScope)
}

function sheet(source: Source, file: string, reach: string, scope: string | null): string {
  if (!source.exists(file)) return ''
  const root = parse(source, file)
  root.walkDecls((declaration) => {
    declaration.value = toPhoneUnits(declaration.value)
  })
  root.walkRules((rule) => {
    const parent = rule.parent
    const inKeyframes = parent?.type === 'atrule' && /keyframes$/i.test((parent as AtRule).name)
    if (!inKeyframes)
      rule.selectors = rule.selectors.map((selector) => toPhoneSelector(selector, reach, scope))
  })
  root.walkAtRules('media', followPhoneTheme)
  return root.toString()
}

function parse(source: Source, file: string): Root {
  const root = postcss.parse(source.read(file), { from: `miniprogram/${file}` })
  root.walkAtRules('import', (rule) => {
    const [, named] = /^['"](.+)['"]$/.exec(rule.params.trim()) ?? []
    if (named === undefined) throw rule.error('@import takes a quoted path')
    rule.replaceWith(parse(source, resolveFrom(file, named)))
  })
  return root
}

/** 750rpx are the screen's width; vw, vh and the safe area are the phone's, which is smaller than the window. */
function toPhoneUnits(value: string): string {
  return value
    .replace(/(-?(?:\d+\.)?\d+|-?\.\d+)rpx\b/gi, (_all, size: string) => `calc(var(--rpx) * ${size})`)
    .replace(
      /(-?(?:\d+\.)?\d+|-?\.\d+)(vw|vh)\b/gi,
      (_all, size: string, unit: string) => `calc(var(--${unit}) * ${size})`,
    )
    .replace(
      /(?:env|constant)\(\s*safe-area-inset-(top|right|bottom|left)\s*(?:,[^)]*)?\)/gi,
      'var(--safe-area-$1)',
    )
}

function toPhoneSelector(selector: string, reach: string, scope: string | null): string {
  let isPage = false
  const inner = selector
    .replace(/(^|[\s>+~])page(?=$|[\s.:>+~#[])/g, (_all, before: string) => {
      isPage = true
      return before
    })
    .replace(TAG, '$1wx-$2')
    .replace(/:host/g, scope === null ? ':host' : `[wx-host="${scope}"]`)
    .replace(/\.([A-Za-z_][\w-]*)/g, (all, name: string) => (scope === null ? all : `.${scope}--${name}`))
  if (!isPage) return `${reach} ${inner}`
  return `${reach === '.mp' ? '.mp .mp-page' : reach}${inner}`
}

/** Dark mode is chosen for each phone, so its media query becomes a selector. */
function followPhoneTheme(media: AtRule): void {
  const [, theme, rest] =
    /^\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)(?:\s+and\s+(.+))?$/i.exec(media.params) ?? []
  if (theme === undefined) return
  media.walkRules((rule: Rule) => {
    rule.selectors = rule.selectors.map((selector) => `[data-theme="${theme.toLowerCase()}"] ${selector}`)
  })
  if (rest !== undefined) media.params = rest
  else media.replaceWith((media as Container).nodes ?? [])
}
