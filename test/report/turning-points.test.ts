import { describe, expect, it } from 'vitest';
import { foundIn, servedFrom } from '../../shared/report/turning-points.ts';
import { at } from '../builders/evidence.ts';
import { due, next, seen, stageOf, without } from './stages.ts';

const looks = (...verdicts: readonly Parameters<typeof seen>[0][]) =>
  verdicts.reduce(
    (stage, verdict, index) => next(stage, seen(verdict, 240 + 60 * index)),
    stageOf('changed, not looked at'),
  ).trail;

describe('since when users are served', () => {
  it.each([
    ['all looks are good', ['recovered', 'recovered', 'recovered'], 240],
    ['a bad look broke the row', ['recovered', 'not-yet', 'recovered', 'recovered', 'recovered'], 360],
    ['a worse look broke the row', ['recovered', 'worse', 'recovered', 'recovered', 'recovered'], 360],
    ['a look that measured nothing came between', ['recovered', 'inconclusive', 'recovered', 'recovered'], 240],
    ['nothing could be measured at first', ['inconclusive', 'recovered', 'recovered', 'recovered'], 300],
  ] as const)('is the first good look of the last row: %s', (_, verdicts, seconds) => {
    const trail = looks(...verdicts);
    expect(trail.at(-1)?.to).toBe('closed');
    expect(servedFrom(trail)).toBe(at(seconds));
  });

  it('is the first healthy look where it recovered by itself', () => {
    const doubtful = next(stageOf('looking healthy'), due(stageOf('looking healthy'), 65));
    expect(servedFrom(next(doubtful, without('healthy', 70)).trail)).toBe(at(5));
    expect(servedFrom(next(doubtful, without('no-cause', 70)).trail)).toBeUndefined();
  });

  it('is not known where no look was good, or only before a bad one', () => {
    expect(servedFrom([])).toBeUndefined();
    expect(servedFrom(looks('not-yet'))).toBeUndefined();
    expect(servedFrom(looks('recovered', 'not-yet'))).toBeUndefined();
  });
});

describe('when the cause was found', () => {
  it('is the last look that made a diagnosis', () => {
    expect(foundIn(stageOf('investigating').trail)).toBeUndefined();
    expect(foundIn(stageOf('resolved').trail)).toBe(at(5));
    expect(foundIn(stageOf('by itself after an attempt').trail)).toBe(at(1620));
  });
});
