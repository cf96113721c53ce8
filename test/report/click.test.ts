import { describe, expect, it } from 'vitest';
import {
  digestPrefix,
  modalText,
  parseClick,
  parseModalText,
  parseReference,
  referenceText,
} from '../../shared/report/click.ts';

const digest = 'a1'.repeat(32);
const reference = { incident: 'inc-20261123t0300-96899b', digest: digestPrefix(digest) };

describe('what a button carries', () => {
  it('comes back as it went', () => {
    expect(parseReference(referenceText({ incident: reference.incident, digest }))).toEqual(reference);
  });

  it.each([
    undefined,
    '',
    'inc-1',
    `inc-1/${digest}`,
    `inc-1/${digestPrefix(digest)}/more`,
    `../etc/${digestPrefix(digest)}`,
    `inc 1/${digestPrefix(digest)}`,
    `inc-1/${'A1'.repeat(8)}`,
    `${'i'.repeat(81)}/${digestPrefix(digest)}`,
  ])('is nothing of ours: %s', (value) => expect(parseReference(value)).toBeUndefined());
});

describe('what the dialog carries', () => {
  it('comes back as it went', () => {
    const text = modalText({ incident: reference.incident, digest, channel: 'C0STAGING' });
    expect(parseModalText(text)).toEqual({ ...reference, channel: 'C0STAGING' });
  });

  it.each(['', '{', '{}', '"text"', JSON.stringify({ ...reference }), JSON.stringify({ ...reference, channel: 1 })])(
    'is nothing of ours: %s',
    (text) => expect(parseModalText(text)).toBeUndefined(),
  );
});

describe('a click', () => {
  const who = { ...reference, user: 'U0ANN', channel: 'C0STAGING' };

  it.each([
    { kind: 'approve', ...who },
    { kind: 'reject-opened', ...who, view: 'V01' },
    { kind: 'reject-opened', ...who },
    { kind: 'reject-submitted', ...who, reason: 'no' },
  ])('is read back: $kind', (click) => expect(parseClick(JSON.stringify(click))).toEqual(click));

  it.each([
    '{}',
    'no json',
    JSON.stringify({ kind: 'approve', ...who, user: '' }),
    JSON.stringify({ kind: 'approve', ...who, digest }),
    JSON.stringify({ kind: 'reject-submitted', ...who }),
    JSON.stringify({ kind: 'announce', incident: 'inc-1' }),
  ])('is refused: %s', (text) => expect(() => parseClick(text)).toThrow());
});
