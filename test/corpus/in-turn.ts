import { availableParallelism } from 'node:os';

/** Two at a time: more would measure each other. */
const AT_ONCE = Math.min(2, availableParallelism());

/** In order, AT_ONCE under way. */
export async function inTurn<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const out: Out[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next; index < items.length; index = next) {
      next += 1;
      const item = items[index];
      if (item !== undefined) out[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return out;
}
