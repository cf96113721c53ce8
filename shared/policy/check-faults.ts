import { describe } from './describe.ts';
import type { DraftCheck } from './draft.ts';
import type { RawFault } from './fault.ts';

type Path = readonly (string | number)[];
type Step = NonNullable<DraftCheck['steps']>[number];

/** Checks that share a name, that speak in clear over the internet, or that use what no earlier step captured. */
export function checkFaults(path: Path, checks: readonly DraftCheck[]): readonly RawFault[] {
  const firstByName = new Map<string, number>();
  return checks.flatMap((check, index) => {
    const name = check.name ?? check.url;
    const first = name === undefined ? undefined : firstByName.get(name);
    if (name !== undefined && first === undefined) firstByName.set(name, index);
    return [
      ...(first === undefined ? [] : [sameName([...path, index], check, first)]),
      ...inClear([...path, index, 'url'], check.url, check.vantage),
      ...stepFaults([...path, index, 'steps'], check),
    ];
  });
}

function sameName(path: Path, { name, url }: DraftCheck, first: number): RawFault {
  const at = name === undefined ? path : [...path, 'name'];
  return {
    path: at,
    found: describe(name ?? url),
    allowed: `a name that no other check has; checks[${first}] has this one`,
  };
}

function inClear(path: Path, url: string | undefined, vantage: string | undefined): readonly RawFault[] {
  if (vantage === 'vpc' || url === undefined || !/^(http|ws):\/\//.test(url)) return [];
  const secure = url.startsWith('ws') ? 'wss://' : 'https://';
  return [
    {
      path,
      found: describe(url),
      allowed: `${secure} from vantage public; in clear only inside the VPC, with vantage: vpc`,
    },
  ];
}

function stepFaults(path: Path, { steps = [], vantage }: DraftCheck): readonly RawFault[] {
  const captured = new Set<string>();
  return steps.flatMap((step, index) => {
    const uncaptured = placeholders(step).filter(({ name }) => !captured.has(name));
    for (const name of Object.keys(step.capture ?? {})) captured.add(name);
    return [
      ...inClear([...path, index, 'url'], step.url, vantage),
      ...uncaptured.map(({ field, name }) => ({
        path: [...path, index, ...field],
        found: `{{${name}}}`,
        allowed: 'what an earlier step captures',
      })),
    ];
  });
}

function placeholders({ url, headers = {}, body }: Step): readonly { field: Path; name: string }[] {
  const texts: readonly (readonly [Path, unknown])[] = [
    [['url'], url],
    ...Object.entries(headers).map(([name, value]) => [['headers', name], value] as const),
    [['body'], body],
  ];
  return texts.flatMap(([field, text]) => namesIn(String(text)).map((name) => ({ field, name })));
}

const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].flatMap((match) => match.slice(1, 2));
