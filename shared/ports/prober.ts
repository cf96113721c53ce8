import type { Instant } from './clock.ts';

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

/** One look at what a server presents before it is asked anything. */
export interface TlsLook {
  readonly host: string;
  readonly timeoutMs: number;
}

/** The certificate is told also where no client would take it; `problem` is then why. */
export type TlsResult =
  | {
      readonly connected: true;
      readonly names: readonly string[];
      readonly issuer: string;
      readonly expiresAt: Instant;
      /** Certificates that were sent, the server's own included. */
      readonly sent: number;
      readonly problem: 'expired' | 'not-yet-valid' | 'other-name' | 'chain' | 'other' | undefined;
      readonly detail: string;
    }
  | {
      readonly connected: false;
      readonly failure: 'dns' | 'refused' | 'timed-out' | 'tls' | 'reset';
      readonly detail: string;
    };

export interface DnsQuestion {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'CAA';
  readonly timeoutMs: number;
}

/** Records as text: addresses, a name, or `issue pki.goog`. 'none': the name is there, without such a record. */
export type DnsAnswer =
  | { readonly kind: 'records'; readonly records: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'no-such-name' };

/** Looks from outside, as a user would. Never throws for what the target did; throws PlatformFailure when the look itself could not be made. */
export interface Prober {
  http(check: HttpCheck, abort: AbortSignal): Promise<HttpResult>;
  webSocket(check: WebSocketCheck, abort: AbortSignal): Promise<WebSocketResult>;
  tls(look: TlsLook, abort: AbortSignal): Promise<TlsResult>;
  /** Asks the configured name servers. */
  dns(question: DnsQuestion, abort: AbortSignal): Promise<DnsAnswer>;
}
