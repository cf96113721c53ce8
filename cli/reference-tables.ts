import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleNamed, ruleNames } from '../shared/diagnosis/rules.ts';
import { inspectorNames, inspectors } from '../shared/evidence/evidence.ts';
import type { Terms } from '../shared/remedy/action.ts';
import { actionNames, anyAction } from '../shared/remedy/actions.ts';

// The reference is made of what the code says of itself: each plug-in's opening comment, and what it declares.

const ROOT = join(import.meta.dirname, '..');

/** docs/reference.md, whole. @throws Error for a plug-in without an opening comment of the usual form. */
export function reference(): string {
  return `${[
    '# Reference',
    'Made from the code by `npm run reference`; `npm test` refuses it when it is behind.',
    `## Inspectors (${inspectorNames.length})`,
    'All look at once, each inside its own deadline. What is denied, slow or broken reads `unavailable`, and the rest goes on.',
    inspectorTable(),
    `## Rules (${ruleNames.length})`,
    'Each is handed only what it looks at. The root is the cause that nothing else present brings about.',
    ruleTable(),
    `## Actions (${actionNames.length})`,
    actionTable(),
  ].join('\n\n')}\n`;
}

const inspectorTable = (): string =>
  table(
    ['inspector', 'sees', 'API', 'permissions', 'silent', 'deadline'],
    inspectorNames.map((name) => {
      const { permissions, deadlineMs } = inspectors[name];
      const said = commentOf('evidence', name);
      return [
        code(name),
        said.slice('Sees ', 'API: '),
        said.slice('API: ', 'Permission'),
        permissions.map(code).join(' ') || 'none',
        said.slice('Silent ', undefined),
        `${deadlineMs / 1000} s`,
      ];
    }),
  );

const ruleTable = (): string =>
  table(
    ['rule', 'what is wrong', 'sees', 'silent', 'layer', 'looks at', 'brings about'],
    ruleNames.map((name) => {
      const { layer, needs, considers = [], explains } = ruleNamed(name);
      const said = commentOf('diagnosis', name);
      return [
        code(name),
        said.before('Sees '),
        said.slice('Sees ', 'Silent '),
        said.slice('Silent ', undefined),
        layer,
        [...needs.map(code), ...considers.map((one) => `(${code(one)})`)].join(' '),
        explains.map(code).join(' '),
      ];
    }),
  );

const actionTable = (): string =>
  table(
    ['action', 'what it does', 'API', 'answers', 'permissions', 'risk', 'undo', 'cost'],
    actionNames.map((name) => {
      const said = commentOf('remedy', name);
      const { answers, permissions, terms } = anyAction(name);
      return [
        code(name),
        said.before('API: '),
        said.slice('API: ', undefined),
        answers.map(code).join(' '),
        permissions.map(code).join(' ') || 'none',
        terms.risk.join(', '),
        UNDO[terms.undo],
        COST[terms.cost],
      ];
    }),
  );

const UNDO: Readonly<Record<Terms['undo'], string>> = {
  'restore-before': 'puts back what was before',
  none: 'none',
  'in-part': 'in part',
};
const COST: Readonly<Record<Terms['cost'], string>> = {
  none: 'none',
  priced: 'by the price table',
  unknown: 'unknown',
};

const code = (text: string): string => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The comment that stands before a plug-in's export, as one line of text. */
function commentOf(room: 'evidence' | 'diagnosis' | 'remedy', name: string) {
  const file = fileOf(room, name);
  const source = readFileSync(join(ROOT, file), 'utf8');
  const before = source.slice(0, source.indexOf(`\nexport const ${camelCase(name)}`));
  const comment = before.endsWith('*/') ? before.slice(before.lastIndexOf('/**') + 3, -2) : undefined;
  if (comment === undefined) throw new Error(`${file}: no comment opens its export`);
  const words = comment.replace(/\s*\n\s*\* ?/g, ' ').trim();
  const at = (marker: string): number => {
    const found = words.indexOf(marker);
    if (found === -1) throw new Error(`${file}: its opening comment does not say "${marker.trim()} ..."`);
    return found;
  };
  return {
    before: (marker: string): string => words.slice(0, at(marker)).trim(),
    /** From the marker, which is told by the table's head, up to the next. */
    slice: (from: string, to: string | undefined): string =>
      words.slice(at(from) + from.length, to === undefined ? undefined : at(to)).trim(),
  };
}

/** Registries are lists of lines: `export { camelCase as 'kebab-case' } from './file.ts'`. */
function fileOf(room: string, name: string): string {
  const registry = readFileSync(join(ROOT, 'shared', room, 'registry.ts'), 'utf8');
  const line = registry.split('\n').find((one) => one.includes(`'${name}'`) || one.includes(`{ ${name} }`));
  const file = line === undefined ? undefined : /from '\.\/(.+)'/.exec(line)?.[1];
  if (file === undefined) throw new Error(`shared/${room}/registry.ts has no line for ${name}`);
  return `shared/${room}/${file}`;
}

const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
