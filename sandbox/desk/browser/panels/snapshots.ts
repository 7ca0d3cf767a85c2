import { shallowRef } from 'vue'

/** Those taken from this page, newest first; they outlive the panel, and end with the sandbox. */
export const snapshots = shallowRef<{ id: string; at: string }[]>([])
