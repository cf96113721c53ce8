import { appendFileSync } from 'node:fs';
import type { Child } from './laptop.ts';

/** A day of the bot's lines and more; a demonstration that is forgotten must not fill a disk. */
const LOG_BYTES_MAX = 50_000_000;

/** Writes what a program prints to `file`, so that why it did something can be looked up, also once it has ended. Ends with the program. */
export async function keepLog({ lines }: Pick<Child, 'lines'>, file: string, bytesMax = LOG_BYTES_MAX): Promise<void> {
  // At once, so that whoever is told of it finds it, and can follow it.
  appendFileSync(file, '');
  let bytes = 0;
  for await (const line of lines) {
    // Read on all the same: a program whose output nobody takes stands still.
    if (bytes > bytesMax) continue;
    bytes += Buffer.byteLength(line) + 1;
    appendFileSync(file, bytes > bytesMax ? `the log ends here: it has reached ${bytesMax} bytes\n` : `${line}\n`);
  }
}
