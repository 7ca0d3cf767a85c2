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
 * POST /api/{entry}/browser-sessions, where nobody signs in: answers 200 with Me and sets the HttpOnly cookie of that entry. A
 * browser that has a live one keeps its account.
 */
export interface BrowserSessionRequest {
  /** A computer that others use too: the session ends with the browser, or two hours later. */
  isShared?: boolean
}

/** POST /api/{entry}/session/end, with an empty body: signs out here. The cookie is cleared, and its session is over. */
export interface SessionEnd {
  ended: boolean
}

/** GET /api/{entry}/me */
export interface Me {
  /** The account's public name on screen, e.g. "用户 7KQ2M9". Never an openid. */
  displayName: string
  entry: Entry
  /** Whether this account is already known in another entry too (by unionid or by a bind code). */
  joined: boolean
  /** Whether this session ends with the browser. */
  isShared: boolean
  /** Whether this is a browser of an account that WeChat knows: it joins no accounts, only WeChat's own sessions do. */
  isJoinedBrowser: boolean
}

/** POST /api/{entry}/bind-codes: shown in one entry, typed in at the other. */
export interface BindCode {
  /** Ten characters of 0-9 and A-Z without I, L, O and U; single use. An account has one: a new one ends the one before. */
  code: string
  /** ISO 8601; 5 minutes after issue. */
  expiresAt: string
}

/** POST /api/{entry}/bindings: answers 200 with Binding. */
export interface BindingRequest {
  /** As a person types it: small letters, spaces and dashes are understood. */
  code: string
}

/** One account asks another, which shows the bind code, to become one account. */
export interface Join {
  /** UUID. */
  id: string
  /** waiting: until the account that shows the code confirms or refuses, or `expiresAt`. */
  state: 'waiting' | 'refused'
  /** The public name of the account that asks: the same stands on its own page. */
  displayName: string
  /** Where the code was typed in. */
  entry: Entry
  /** ISO 8601. */
  askedAt: string
  /** ISO 8601; 5 minutes after it was asked. */
  expiresAt: string
}

/** Who asks, as it was before. Nothing is joined yet. */
export interface Binding extends Me {
  join: Join
}

/**
 * GET /api/{entry}/joins. POST /api/{entry}/joins/{joinId}/confirm answers Me, POST /api/{entry}/joins/{joinId}/refuse
 * answers Joins; both are for the account that shows the code.
 */
export interface Joins {
  /** Who has typed in the code that this account shows. */
  toConfirm: Join | null
  /** What this account has asked another. Null again once it is joined or too late. */
  asked: Join | null
}
