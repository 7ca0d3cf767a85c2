import type { Entry } from './entry.ts'

/** POST /api/{entry}/sessions (mini-program only): a code of wx.login, single use, 5 minutes. */
export interface SessionRequest {
  code: string
}

/** The native side's session. */
export interface Session {
  /** Bearer token of 43 characters: `Authorization: Bearer {token}`. */
  token: string
  /** ISO 8601 with offset. */
  expiresAt: string
  me: Me
}

/** POST /api/{entry}/web-view-tickets (bearer): lets the web-view of the same person sign in once. */
export interface WebViewTicket {
  /** 128 random bits, base64url, single use. Travels only in a URL fragment. */
  ticket: string
  /** ISO 8601; 60 s after issue. */
  expiresAt: string
}

/** POST /api/{entry}/web-sessions: answers 200 with Me and sets the HttpOnly cookie of that entry. */
export interface WebSessionRequest {
  ticket: string
}

/**
 * POST /api/{entry}/browser-sessions, with an empty body, where nobody signs in: answers 200 with Me and sets the HttpOnly
 * cookie of that entry. A browser that has a live one keeps its account.
 */

/** GET /api/{entry}/me */
export interface Me {
  /** The account's public name on screen, e.g. "用户 7KQ2M9". Never an openid. */
  displayName: string
  entry: Entry
  /** Whether this account is already known in another entry too (by unionid or by a bind code). */
  joined: boolean
}

/** POST /api/{entry}/bind-codes: shown in one entry, confirmed in the other. */
export interface BindCode {
  /** Eight digits, single use. */
  code: string
  /** ISO 8601; 5 minutes after issue. */
  expiresAt: string
}

/** POST /api/{entry}/bindings: answers 200 with Me. */
export interface BindingRequest {
  code: string
}
