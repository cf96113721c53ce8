import { describe, expect, it } from 'vitest';
import type { Incident } from '../../shared/incident/incident.ts';
import { card } from '../../shared/report/card.ts';
import { escalationMessage } from '../../shared/report/escalation-message.ts';
import { expired, meanwhile, notDecidable, notGenuine } from '../../shared/report/refusals.ts';
import { reasonModal } from '../../shared/report/reject-modal.ts';
import { threadMessages } from '../../shared/report/timeline.ts';
import { sentence, stopped } from '../../shared/report/words.ts';
import { environment } from '../builders/evidence.ts';
import { people, type Stage, stages } from './stages.ts';

/** Every text that Slack would show of a stage, each by itself. */
function said({ incident, trail }: Stage): readonly string[] {
  const shown = [
    card({ incident, trail, environment }),
    card({ incident, trail, environment, fault: 'its digest differs.' }),
    ...[0, 1].map((level) => escalationMessage(incident, { level, since: incident.openedAt }, environment)),
    dialogOf(incident),
  ];
  return [
    ...shown.flatMap((one) => textsIn(one)),
    ...threadMessages(trail, 0, people()).flatMap(({ text }) => text.split('\n')),
  ];
}

const dialogOf = (incident: Incident): unknown =>
  incident.status === 'awaiting-approval'
    ? [reasonModal(incident, 'C0STAGING'), expired(incident)]
    : { text: meanwhile(incident) };

/** What a person reads in blocks, views and messages: the lines of every `text`, whether it is words or holds them; commands are no sentences. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.replaceAll(/\n?```[^`]*```/g, '').split('\n');
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) =>
    typeof held === 'object' || key === 'text' ? textsIn(held) : [],
  );
}

describe('whatever is said', () => {
  it.each(Object.entries(stages))('is written as people write: %s', (_, stage) => {
    const texts = said(stage);
    expect(texts.length).toBeGreaterThan(3);
    // Two full stops, before a blank or at the end, are a sentence of ours around a sentence of someone else's.
    for (const text of texts) {
      expect(text).not.toMatch(/\.\.|\.;|\.,| {2}| $|undefined|\bNaN\b|\[object /);
    }
  });

  it('ends a sentence of someone else once', () => {
    expect(['quota exceeded', 'Quota exceeded.', 'quota excee…'].map(stopped)).toEqual([
      'quota exceeded.',
      'Quota exceeded.',
      'quota excee…',
    ]);
    expect(sentence('quota exceeded.')).toBe('Quota exceeded.');
    expect(notGenuine('its digest differs.')).toContain('differs. What');
    expect(notDecidable('the store is busy.')).toContain('busy. Please');
  });
});
