import { type Fields, fields, text } from './values.ts';

/** An entry may have 256 KiB; what is matched and quoted stands at its beginning. */
const TEXT_CHARS_MAX = 4000;
/** What was said stays in front of what it failed of, and a stack does not crowd out its own cause. */
const PART_CHARS_MAX = 1000;

/** What loggers call the line itself: Google's, pino and zap, structlog. */
const SAID = ['message', 'msg', 'event'] as const;
/**
 * Where loggers put what went wrong beside it: pino and bunyan, zap, zerolog and winston, logrus and Serilog, structlog and python-json-logger, Logback
 * and Error Reporting. The line itself often says no more than "request errored".
 */
const FAILED_OF = ['err', 'error', 'exception', 'exc_info', 'throwable', 'cause', 'stack_trace', 'stack'] as const;

/** The line as a person would read it; '' where there is none, as for most requests. */
export function textOf(entry: Fields): string {
  const { textPayload, jsonPayload, protoPayload } = entry;
  if (typeof textPayload === 'string') return textPayload.slice(0, TEXT_CHARS_MAX);
  const json = fields(jsonPayload);
  if (Object.keys(json).length > 0) return (structured(json) ?? JSON.stringify(json)).slice(0, TEXT_CHARS_MAX);
  const { status, methodName } = fields(protoPayload);
  return (text(fields(status)['message']) ?? text(methodName) ?? '').slice(0, TEXT_CHARS_MAX);
}

/** `request errored: connect ECONNREFUSED 10.20.0.3:5432`; undefined where it is told in no way that is known. */
function structured(json: Fields): string | undefined {
  const said = SAID.map((name) => text(json[name])).find((found) => found !== undefined);
  const parts = [said, ...FAILED_OF.map((name) => told(json[name]))].flatMap((part) => part ?? []);
  const each = parts.filter((part, index) => !parts.slice(0, index).some((earlier) => isSaidIn(part, earlier)));
  return each.length === 0 ? undefined : each.map((part) => part.slice(0, PART_CHARS_MAX)).join(': ');
}

/** An error as text, or as an object with its own message, name or code; one that wraps others says it of the first. */
function told(value: unknown): string | undefined {
  const plain = text(value);
  if (plain !== undefined) return gistOf(plain);
  const error = fields(value);
  const cause = fields(error['cause']);
  const [first] = Array.isArray(error['errors']) ? error['errors'] : [];
  const parts = [error['message'], cause['message'], fields(first)['message']].flatMap((part) => text(part) ?? []);
  const stack = text(error['stack']);
  return parts.length > 0 ? parts.join(': ') : stack === undefined ? text(error['code']) : gistOf(stack);
}

/** Of a stack what names the error: Python's last line; of others the first, and what they were caused by. */
function gistOf(stack: string): string {
  const lines = stack.split('\n').filter((line) => line.trim() !== '');
  if (/^Traceback /.test(stack)) return lines.at(-1) ?? stack;
  return [...lines.slice(0, 1), ...lines.slice(1).filter((line) => /^\s*Caused by: /.test(line))].join(': ');
}

/** A stack begins with the message that was said already. */
const isSaidIn = (part: string, earlier: string): boolean => earlier.includes(part) || part.endsWith(`: ${earlier}`);
