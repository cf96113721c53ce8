const SAFE = /^[A-Za-z0-9_.:/@=,+-]+$/;
/** What ends a quotation, and what Slack's code blocks cannot hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNQUOTABLE = /['`\u0000-\u001f\u007f]/;

/** A name as one word of a command that somebody copies into a shell: quoted where it needs to be, and a placeholder where no quotes would hold it. */
export function shellWord(text: string, placeholder: string): string {
  if (SAFE.test(text)) return text;
  return text === '' || UNQUOTABLE.test(text) ? placeholder : `'${text}'`;
}
