import type { CallView, NotificationView } from '../sandbox/views.ts'

/** Something the server and WeChat or Alipay said to each other. `key` is unique among both kinds; `at` is business time. */
export type Message =
  | { kind: 'call'; key: string; at: string; call: CallView }
  | { kind: 'notification'; key: string; at: string; notification: NotificationView }
