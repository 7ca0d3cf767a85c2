import type { Program } from '../../program.ts'
import type { Bar } from '../device.ts'
import type { OpenPage } from './page-stack.ts'

/**
 * What the bar above a page looks like.
 * @param webTitle title of the document in the page's web-view; WeChat shows it unless the page has set one
 */
export function barOf(
  program: Program,
  theme: 'light' | 'dark',
  page: OpenPage | undefined,
  webTitle: string | undefined,
): Bar {
  const own = program.components.find((component) => component.path === page?.address.route)?.json
  const settings = { ...program.app.window, ...own }
  const colour = (value: string | undefined, otherwise: string): string =>
    value?.startsWith('@') ? (program.theme[theme][value.slice(1)] ?? otherwise) : (value ?? otherwise)
  return {
    title: page?.title ?? (webTitle || settings.navigationBarTitleText || ''),
    background: colour(settings.navigationBarBackgroundColor, '#000000'),
    text: colour(settings.navigationBarTextStyle, 'white') === 'black' ? 'black' : 'white',
    isHidden: settings.navigationStyle === 'custom' && webTitle === undefined,
  }
}
