import { builtInTags } from '../../../compile/tags.ts'
import { type ComponentSpace, type BuiltInParts, define } from './built-in.ts'
import { containers } from './containers.ts'
import { controls } from './controls.ts'
import { webView } from './web-view.ts'

/** Gives the components of https://developers.weixin.qq.com/miniprogram/dev/component/ that this phone has. */
export function registerBuiltIns(space: ComponentSpace, parts: BuiltInParts): void {
  const all = { ...containers(parts), ...controls(parts), ...webView(parts) }
  for (const [tag, builtIn] of Object.entries(all)) define(space, tag, builtIn)
}

/** Tags that are known without usingComponents. */
export const knownBuiltIns: readonly string[] = builtInTags
