/** For the default of an exhaustive switch. @throws Error always: what must not happen. */
export function unreachable(value: never): never {
  throw new Error(`unhandled: ${JSON.stringify(value)}`);
}
