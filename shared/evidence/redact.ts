/** Long enough to recognise a line by, too short to carry a payload. Our own choice: Cloud Run's longest sentence about a request has 360 characters. */
const SAMPLE_LENGTH_MAX = 300;

/** What stands between a name and its value: `a=b`, `a: b`, `"a":"b"`, `('a', 'b')`. */
const BETWEEN = String.raw`["']?\s*[:=]\s*|["']\s*,\s*(?=["'])`;
const VALUE = String.raw`"[^"]*"|'[^']*'|\S+`;
const SECRET_NAME = String.raw`(?=[\w-]*(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signature|credential))[\w-]+`;
/** `DB_PASS`, `dbPass`; compass and bypass are none. */
const PASS_NAME = String.raw`(?:[\w-]*[_-])?(?:[Pp]ass|PASS)|[a-z]\w*Pass`;
/** Words that as often begin a sentence, `auth: connection refused`: with an equals sign alone they name a value. */
const ASSIGNED_NAME = String.raw`(?:[\w-]*[_-])?(?:pw|sig|jwt|auth|session|sid|otp|pin)`;

/**
 * How keys of services that many use begin: Stripe, OpenAI, GitHub, GitLab, Slack, Google, SendGrid, npm, PyPI, Hugging Face, Shopify, DigitalOcean
 * (gitleaks' default rules, config/gitleaks.toml, read 2026-11-25). Shorter than theirs: a line may be cut.
 */
const KNOWN_KEYS =
  /\b(?:[rs]k_(?:live|test|prod)_\w{8,}|whsec_[\w+/=]{8,}|sk-[\w-]{16,}|gh[oprsu]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|AIza[\w-]{6,}|GOCSPX-[\w-]{8,}|ya29\.[\w.-]+|SG\.[\w-]{8,}\.[\w-]{8,}|npm_\w{16,}|pypi-[\w-]{16,}|hf_\w{16,}|shp(?:at|ca|pa|ss)_\w{16,}|do[opr]_v1_\w{16,})/g;

/** Every pattern begins where a word begins, so that a long word is walked through once. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(authorization|cookie|x-api-key)(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|.+)/gi, '$1$2[redacted]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted]'],
  // A password may hold what a URL may not, slashes and at signs; what looks like a port is none.
  [/((?<![\w+.-])\w[\w+.-]*:\/\/[^\s:/@]*:)(?!\d{1,5}(?:[/?#]|$))\S{0,200}?@(?![^\s/?#]{0,200}@)/g, '$1[redacted]@'],
  [/((?<![\w+.-])\w[\w+.-]*:\/\/)[^\s:/@?#]+@/g, '$1[redacted]@'],
  // What stands behind the question mark may be anybody's secret: signed links, keys, codes.
  [/\?[\w.%~+[\]-]+=[^\s"'<>)]*/g, '?[redacted]'],
  [new RegExp(String.raw`(?<![\w-])(${SECRET_NAME})(${BETWEEN})(?:${VALUE})`, 'gi'), '$1$2[redacted]'],
  [new RegExp(String.raw`(?<![\w-])(${PASS_NAME})(${BETWEEN})(?:${VALUE})`, 'g'), '$1$2[redacted]'],
  [new RegExp(String.raw`(?<![\w-])(${ASSIGNED_NAME})(\s*=\s*)(?:${VALUE})`, 'gi'), '$1$2[redacted]'],
  // Clients that take a password as an argument, as their command lines and errors repeat it.
  [
    /\b((?:mysql|mariadb)[\w-]*\s(?:\S+\s+){0,20}?-p|redis-cli\s(?:\S+\s+){0,20}?-a\s+|curl\s(?:\S+\s+){0,20}?(?:-u|--user)\s+)\S+/g,
    '$1[redacted]',
  ],
  [/\bAUTH (?=\S*\d)\S+/g, 'AUTH [redacted]'],
  [/\b(name: 'auth', args: \[)[^\]]*/gi, '$1[redacted]'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [KNOWN_KEYS, '[redacted]'],
  // A key of AWS, and the secret that is told beside it.
  [/\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b(?:\W{1,3}[\w/+]{40}(?![\w/+]))?/g, '[redacted]'],
  // Whatever else is long and mixes capitals, small letters and digits: names and hashes do not, keys do.
  [/(?<![\w+=-])(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])(?=[\w+=-]*\d[\w+=-]*\d)[\w+=-]{32,}/g, '[redacted]'],
  // Numbers of payment cards, by how those of the great networks begin (ISO/IEC 7812), and of bank accounts (ISO 13616).
  [
    /\b(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011|65\d{2})(?:[ -]?\d{4}){3}\b|\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b|\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/g,
    '[number]',
  ],
  [/(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+\b/g, '[address]'],
];

/** A log line fit to be stored and shown: secrets, card numbers and e-mail addresses taken out, then cut. */
export function redact(text: string): string {
  const clean = SECRETS.reduce((line, [pattern, by]) => line.replace(pattern, by), text);
  return clean.length > SAMPLE_LENGTH_MAX ? `${clean.slice(0, SAMPLE_LENGTH_MAX - 1)}…` : clean;
}
