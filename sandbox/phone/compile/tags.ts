/** Built-in components of the phone. Their elements are named wx-*: the browser has its own button, input and so on. */
export const builtInTags = [
  'view',
  'block',
  'text',
  'image',
  'button',
  'input',
  'scroll-view',
  'swiper',
  'swiper-item',
  'form',
  'label',
  'icon',
  'navigator',
  'web-view',
  'picker',
] as const
