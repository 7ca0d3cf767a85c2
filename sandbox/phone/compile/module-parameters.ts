/**
 * What a module of a mini-program sees: the parameters of its factory, in this order, given by the phone that runs it.
 * It shadows what else a browser has: see compile/script.ts.
 */
export const moduleParameters = [
  'require',
  'module',
  'exports',
  'wx',
  'App',
  'Page',
  'Component',
  'Behavior',
  'getApp',
  'getCurrentPages',
  'console',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
] as const
