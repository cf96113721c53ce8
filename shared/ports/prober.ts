/** One look from outside at one URL. Redirects are not followed: a check states what it expects. */
export interface HttpCheck {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  readonly auth: CheckAuth;
}

/** How a check proves who it is. Secrets are named, never carried. */
export type CheckAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'id-token'; readonly audience: string }
  | { readonly kind: 'iap'; readonly clientId: string }
  | { readonly kind: 'header'; readonly name: string; readonly secret: string };

/** `connected: false` is an answer about the target: DNS, TCP, TLS or time. Body is cut at 64 KiB. */
export type HttpResult =
  | {
      readonly connected: true;
      readonly status: number;
      readonly latencyMs: number;
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | {
      readonly connected: false;
      readonly failure: 'dns' | 'refused' | 'timed-out' | 'tls' | 'reset';
      readonly detail: string;
      readonly latencyMs: number;
    };

export interface WebSocketCheck {
  readonly url: string;
  readonly timeoutMs: number;
  readonly auth: CheckAuth;
  /** Sent once open; the same text must come back. */
  readonly echo: string | undefined;
}

export type WebSocketResult =
  | { readonly opened: true; readonly echoed: boolean | undefined; readonly latencyMs: number }
  | {
      readonly opened: false;
      readonly status: number | undefined;
      readonly closeCode: number | undefined;
      readonly detail: string;
      readonly latencyMs: number;
    };

/** Looks from outside, as a user would. Never throws for what the target did; throws PlatformFailure when the look itself could not be made. */
export interface Prober {
  http(check: HttpCheck, abort: AbortSignal): Promise<HttpResult>;
  webSocket(check: WebSocketCheck, abort: AbortSignal): Promise<WebSocketResult>;
}
