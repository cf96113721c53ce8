import type { KnownBlock } from '@slack/types';

/** Blocks as lines that a person can review: what Slack would show, without the JSON around it. */
export function readable(blocks: readonly KnownBlock[]): string {
  return `\n${blocks.map(inLines).join('\n')}\n`;
}

function inLines(block: KnownBlock): string {
  switch (block.type) {
    case 'header':
      return `# ${block.text.text}`;
    case 'section':
      return [block.text?.text ?? [], ...(block.fields ?? []).map(({ text }) => `| ${text.replace('\n', ' ')}`)]
        .flat()
        .join('\n');
    case 'context':
      return block.elements.map((element) => `(${'text' in element ? element.text : ''})`).join('\n');
    case 'actions':
      return block.elements
        .map((element) =>
          element.type === 'button' ? `[${element.style ?? 'plain'}: ${element.text.text}]` : element.type,
        )
        .join(' ');
    default:
      return `${block.type}?`;
  }
}
