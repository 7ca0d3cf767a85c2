import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter'
import type { Program } from '../../program.ts'
import { createBackend } from './backend.ts'
import type { BuiltInParts } from './components/built-in.ts'
import { knownBuiltIns, registerBuiltIns } from './components/register.ts'
import type { BuiltPage, PageInstance } from './page-stack.ts'

/** WeChat's own component framework, set up for one running mini-program. */
export interface PageBuilder {
  build(route: string): BuiltPage
  /** Page, Component and Behavior for the module at that path. */
  registrars(path: string): Record<string, unknown>
}

/** @param host the element that holds this phone's pages */
export function createPageBuilder(program: Program, host: HTMLElement, parts: BuiltInParts): PageBuilder {
  const environment = new MiniProgramEnv()
  const space = environment.createCodeSpace('', true)
  registerBuiltIns(space.getComponentSpace(), parts)
  for (const component of program.components) {
    space.addComponentStaticConfig(component.path, component.json as object)
    space.addCompiledTemplate(component.path, {
      groupList: program.templates,
      content: program.templates[component.path],
    } as never)
    // The sheets themselves stand in the window once for all phones; here only their scopes are named.
    space.addStyleSheet(component.path, undefined, component.styleScope ?? undefined)
  }
  const ownTags = program.components.flatMap((component) => Object.keys(component.json.usingComponents))
  const backend = environment.associateBackend(createBackend(host, new Set([...knownBuiltIns, ...ownTags])))
  return {
    build(route) {
      const root = backend.createRoot('wx-page', space, route)
      return {
        instance: root.get() as unknown as PageInstance,
        attach: (parent, placeholder) => root.attach(parent as never, placeholder as never),
        lifetime: (name) => root.getComponent().triggerPageLifetime(name, []),
        release: () => root.release(),
      }
    },
    registrars: (path) =>
      space.componentEnv(path, (registrars) => registrars as unknown as Record<string, unknown>),
  }
}
