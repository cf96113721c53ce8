import { describe, expect, it } from 'vitest';
import { type Measurement, measureAll } from './measure-all.ts';
import { row } from './table.ts';

const good = (what: string, value: number): Measurement => ({
  what,
  measure: async () => ({ rows: [row(what, String(value))], summary: { [what]: value } }),
});
const broken: Measurement = { what: 'broken', measure: () => Promise.reject(new Error('no such thing')) };
const endless: Measurement = { what: 'endless', measure: () => new Promise(() => {}) };

/** What is printed, with how many measurements were begun by then. */
async function measured(measurements: readonly Measurement[], withinMs = 60_000) {
  let begun = 0;
  const printed: string[] = [];
  const told: string[] = [];
  const result = await measureAll({
    measurements: measurements.map(({ what, measure }) => ({
      what,
      measure: () => {
        begun += 1;
        return measure();
      },
    })),
    withinMs,
    print: (line) => printed.push(`${begun}: ${line.trim().replaceAll(/ +/g, ' ')}`),
    tell: (words) => told.push(words),
  });
  return { ...result, printed, told: told.join('') };
}

describe('measuring', () => {
  it('prints what each came to before the next begins', async () => {
    const { printed, summary, unmeasured } = await measured([good('cards', 1), good('looks', 2)]);
    expect(printed).toEqual(['0: median least to most aim', '1: cards 1', '2: looks 2']);
    expect({ summary, unmeasured }).toEqual({ summary: { cards: 1, looks: 2 }, unmeasured: [] });
  });

  it('goes on after one that fails, and names it', async () => {
    const { printed, summary, unmeasured, told } = await measured([good('cards', 1), broken, good('looks', 2)]);
    expect(printed.slice(1)).toEqual(['1: cards 1', '3: looks 2']);
    expect({ summary, unmeasured }).toEqual({ summary: { cards: 1, looks: 2 }, unmeasured: ['broken'] });
    expect(told).toContain('measuring broken ... Error: no such thing\n');
  });

  it('keeps what is there when time is up, and names what is not', async () => {
    const { printed, summary, unmeasured, told } = await measured([good('cards', 1), endless, good('looks', 2)], 50);
    expect(printed.slice(1)).toEqual(['1: cards 1']);
    expect({ summary, unmeasured }).toEqual({ summary: { cards: 1 }, unmeasured: ['endless', 'looks'] });
    expect(told).toMatch(/measuring endless \.\.\. not over after 0\.05 s in all: .+\n$/);
  });
});
