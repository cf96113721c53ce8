import { describe, expect, it } from 'vitest';
import type { Incident } from '../../shared/incident/incident.ts';
import { instant } from '../../shared/ports/clock.ts';
import {
  code,
  codeBlock,
  codeLines,
  escaped,
  foreign,
  link,
  listed,
  moment,
  oneLine,
  user,
} from '../../shared/report/mrkdwn.ts';
import {
  costWords,
  durationWords,
  elapsedWords,
  placeWords,
  ruleTitle,
  sentence,
  severityOf,
} from '../../shared/report/words.ts';
import { alertNote, awaiting, opened } from '../builders/incident.ts';

describe('words', () => {
  it.each([
    [-1, '0 s'],
    [119.4, '119 s'],
    [120, '2 min'],
    [7170, '2 h'],
    [7199, '2 h'],
    [7200, '2 h'],
    [9000, '2 h 30 min'],
  ])('a duration of %d s is %s', (seconds, words) => expect(durationWords(seconds)).toBe(words));

  it.each([
    ['nobody is named', 'Nobody is named.'],
    ['Ended already.', 'Ended already.'],
    ['and then…', 'And then…'],
  ])('a detail by itself is a sentence: %s', (detail, words) => expect(sentence(detail)).toBe(words));

  it('measures from one moment to another', () => {
    expect(elapsedWords(instant('2026-11-23T03:00:00Z'), instant('2026-11-23T03:01:30Z'))).toBe('90 s');
  });

  it.each([
    ['unknown', 'not known'],
    [0, 'none'],
    [42.8, '$42.80 more a month'],
    [-3, '$3.00 less a month'],
  ] as const)('a cost of %s is %s', (usd, words) => expect(costWords(usd)).toBe(words));

  it('takes the worst severity that any alert has', () => {
    const of = (...severities: ('critical' | 'error' | 'warning' | 'none')[]): Incident => ({
      ...opened(),
      alerts: severities.map((severity, index) => alertNote(`0.${index}/open`, { severity })),
    });
    expect(severityOf(of('none', 'warning', 'error'))).toBe('error');
    expect(severityOf(of('warning', 'critical'))).toBe('critical');
    expect(severityOf(of())).toBe('none');
  });

  it('names a place by its services, or by its region', () => {
    const services = (...names: string[]): Incident => ({
      ...opened(),
      subject: { ...opened().subject, services: names },
    });
    expect(placeWords(services())).toBe('staging (us-central1)');
    expect(placeWords(services('a', 'b', 'c'))).toBe('staging (a, b, c)');
    expect(placeWords(services('a', 'b', 'c', 'd', 'e'))).toBe('staging (a, b, c and 2 more)');
    expect(placeWords(awaiting())).toBe('staging (backend, auth, frontend)');
  });

  it('titles a rule by the registry, and one that is gone by its id', () => {
    expect(ruleTitle('connector-saturated')).toBe('VPC connector saturated');
    expect(ruleTitle('gone')).toBe('gone');
  });
});

describe('mrkdwn', () => {
  it.each([
    ['<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['one\n\ttwo\u2028three\u0000', 'one two three'],
  ])('makes %j harmless', (text, safe) => expect(foreign(text, 100)).toBe(safe));

  it('keeps code in its span', () => {
    expect(code('a`b <c>', 50)).toBe("`a'b &lt;c&gt;`");
    expect(codeBlock('x```y', 50)).toBe("```x'''y```");
    expect(codeLines('a {\n  b  = "<`c`\u2028\t"\n}', 50)).toBe('```a {\n  b  = "&lt;\'c\' "\n}```');
    expect(codeLines('a {\n  b = 1\n}', 12)).toBe('```a {\n …```');
    expect(code('x'.repeat(50), 10)).toBe('`xxxxxxx…`');
  });

  it('links to web addresses only', () => {
    expect(link('a|b', 'https://x.example/?a=1&b=2', 50)).toBe('<https://x.example/?a=1&amp;b=2|a/b>');
    for (const url of [undefined, 'http://x.example', 'javascript:alert(1)', 'https://x.example/|<y>', 'https://a b'])
      expect(link('words', url, 50)).toBe('words');
    expect(link('words', `https://x.example/${'x'.repeat(1300)}`, 50)).toBe('words');
  });

  it('says moments for each reader, with UTC for the rest', () => {
    expect(moment(instant('2026-11-23T03:00:59.500Z'))).toBe(
      '<!date^1795402859^{date_short_pretty} at {time}|2026-11-23 03:00 UTC>',
    );
  });

  it('mentions by nothing but an id', () => {
    expect(user('U0ANN')).toBe('<@U0ANN>');
    expect(user('U0ANN> <!channel')).toBe('<@U0ANNchannel>');
  });

  it('joins as one says it', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b', 'c']), listed(['a', 'b'], 'or')]).toEqual([
      '',
      'a',
      'a, b and c',
      'a or b',
    ]);
    expect([escaped('&amp;'), oneLine(' a  b ')]).toEqual(['&amp;amp;', 'a b']);
  });
});
