import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { actionNames, anyAction } from '../../shared/remedy/actions.ts';
import type { Label } from './labels.ts';

/** How one scenario ended with everything approved that was offered. */
export interface Healed {
  readonly scenario: string;
  /** 'healed-first': by the first plan; 'healed-second': by a later one; 'by-itself': nothing was made; 'quiet': no alert came. */
  readonly end: 'healed-first' | 'healed-second' | 'by-itself' | 'quiet' | 'escalated' | 'declined-by-guardrail';
  /** Something was put back since it made things worse. */
  readonly worse: boolean;
  /** Whether a bot may make what its label names. */
  readonly ours: boolean;
}

const START = join(import.meta.dirname, '..', '..', 'start.ts');

const lineSchema = z.looseObject({
  event: z.string().optional(),
  outcome: z.enum(['resolved', 'declined', 'escalated']).optional(),
  actions: z.array(z.string()).optional(),
  tried: z.array(z.string()).optional(),
  detail: z.string().optional(),
  direction: z.string().optional(),
  seconds: z.number().optional(),
  rootCause: z.string().nullable().optional(),
});
type Line = z.infer<typeof lineSchema>;

/** What a guardrail says names its setting; nothing else does. */
const GUARDRAIL = /environments\.[a-z0-9-]+\.(bounds|paused|freeze|guardrails)/;

export async function healed({ scenario, remedy }: Label): Promise<Healed> {
  const child = spawn(process.execPath, [START, '--headless', '--scenario', scenario], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines: Line[] = [];
  for await (const text of createInterface({ input: child.stdout })) lines.push(lineSchema.parse(JSON.parse(text)));
  if (child.exitCode === null) await once(child, 'exit');
  const one = {
    scenario,
    ...endOf(lines),
    ours: actionNames.some((name) => name === remedy && anyAction(name).madeBy !== 'people'),
  };
  const last = lines.at(-1);
  const cells = [
    scenario.padEnd(48),
    one.end.padEnd(22),
    (last?.rootCause ?? '-').padEnd(32),
    (last?.actions ?? []).join(', ').padEnd(40),
    `${last?.seconds ?? 0} s`,
  ];
  const notes = [...(one.ours && !isServed(one) ? [`UNHEALED (${remedy})`] : []), ...(one.worse ? ['WORSE'] : [])];
  process.stdout.write(`${[...cells, ...notes].join('  ')}\n`);
  return one;
}

function endOf(lines: readonly Line[]): Pick<Healed, 'end' | 'worse'> {
  const last = lines.at(-1);
  const worse = lines.some(({ direction }) => direction === 'undo');
  if (last?.outcome === undefined) return { end: 'quiet', worse };
  if (last.outcome !== 'resolved') {
    const byGuardrail = lines.some(({ detail }) => detail !== undefined && GUARDRAIL.test(detail));
    return { end: byGuardrail ? 'declined-by-guardrail' : 'escalated', worse };
  }
  const tried = Math.max(0, ...lines.map((line) => line.tried?.length ?? 0));
  if ((last.actions ?? []).length === 0) return { end: 'by-itself', worse };
  return { end: tried === 0 ? 'healed-first' : 'healed-second', worse };
}

const SERVED: readonly Healed['end'][] = ['healed-first', 'healed-second'];
const isServed = ({ end }: Healed): boolean => SERVED.includes(end);

export function healthOf(all: readonly Healed[]) {
  const count = (end: Healed['end']) => all.filter((one) => one.end === end).length;
  return {
    n: all.length,
    healedFirst: count('healed-first'),
    healedSecond: count('healed-second'),
    byItself: count('by-itself') + count('quiet'),
    escalated: count('escalated'),
    declinedByGuardrail: count('declined-by-guardrail'),
    worse: all.filter(({ worse }) => worse).length,
    unhealed: all.filter((one) => one.ours && !isServed(one)).map(({ scenario }) => scenario),
  };
}

export const isHealthy = ({ worse, unhealed }: ReturnType<typeof healthOf>): boolean =>
  worse === 0 && unhealed.length === 0;
