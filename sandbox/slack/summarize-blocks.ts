import { isObject } from './blocks/check.ts';

const SUMMARY_MAX = 600;

/** The words of blocks in reading order, for logs and for people who cannot see the page. */
export function summarizeBlocks(blocks: readonly unknown[]): string {
  const summary = blocks.flatMap(wordsOf).join(' | ');
  return summary.length > SUMMARY_MAX ? `${summary.slice(0, SUMMARY_MAX - 1)}…` : summary;
}

function wordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (!isObject(value)) return [];
  const { type, text, title } = value;
  const own = [title, text].filter((entry) => typeof entry === 'string' && entry !== '').map(String);
  const words = type === 'button' ? [`[${wordsOf(text).join(' ')}]`] : own;
  const parts = ['title', 'text', 'fields', 'elements', 'accessory', 'label', 'tasks', 'rows', 'details', 'output'];
  return type === 'button' ? words : [...words, ...parts.flatMap((part) => wordsOf(value[part]))];
}
