/** Long enough to recognise a line by, too short to carry a payload. Our own choice: Cloud Run's longest sentence about a request has 360 characters. */
const SAMPLE_LENGTH_MAX = 300;

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(authorization|cookie|x-api-key)\s*[:=]\s*.+/gi, '$1: [redacted]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [
    /\b([\w-]*(?:password|passwd|pwd|secret|token|api[_-]?key|credential)[\w-]*)(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|\S+)/gi,
    '$1$2[redacted]',
  ],
  [/(\w[\w+.-]*:\/\/[^\s:/@]+:)[^\s@]+@/g, '$1[redacted]@'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [/\bya29\.[\w-]+/g, '[redacted]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted]'],
  [/\b[\w.+-]+@[\w-]+\.[\w.-]+\b/g, '[address]'],
];

/** A log line fit to be stored and shown: secrets and e-mail addresses taken out, then cut. */
export function redact(text: string): string {
  const clean = SECRETS.reduce((line, [pattern, by]) => line.replace(pattern, by), text);
  return clean.length > SAMPLE_LENGTH_MAX ? `${clean.slice(0, SAMPLE_LENGTH_MAX - 1)}…` : clean;
}
