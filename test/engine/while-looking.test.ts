import { afterEach, describe, expect, it } from 'vitest';
import { whileLooking } from '../../shared/engine/while-looking.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { at } from '../builders/evidence.ts';
import { type Office, openOffice } from './office.ts';

let office: Office;
afterEach(() => office.close());

/** A look that takes ten pauses of the machine, in each of which twenty seconds of the world pass. */
function slowLook() {
  const found = Promise.withResolvers<'found'>();
  let pauses = 0;
  const pauseMs = async (_: number, abort: AbortSignal) => {
    await new Promise(setImmediate);
    abort.throwIfAborted();
    pauses += 1;
    office.clock.now = at(pauses * 20);
    if (pauses === 10) found.resolve('found');
  };
  return { work: () => found.promise, pauseMs };
}

const look = () => ({ id: office.id, round: 1 });
const said = async () =>
  (await office.shell.store.audit(office.id)).filter(({ event }) => event.type === 'look-under-way');

describe('a look that takes longer than the patience with it', () => {
  it('says that it is being made, and is not due meanwhile', async () => {
    office = await openOffice();
    const { work, pauseMs } = slowLook();
    expect(await whileLooking(look(), { ...office.shell, pauseMs }, work)).toBe('found');
    expect((await said()).slice(0, 4).map((entry) => entry.at)).toEqual([at(40), at(80), at(120), at(160)]);
    expect(await office.shell.store.due(at(270), 10)).toEqual([]);
    expect(office.published, 'nobody is told').toEqual([]);
  });

  it('says nothing any more once it is over', async () => {
    office = await openOffice();
    const { work, pauseMs } = slowLook();
    await whileLooking(look(), { ...office.shell, pauseMs }, work);
    await new Promise(setImmediate);
    const times = (await said()).length;
    office.clock.now = at(1000);
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    expect(await said()).toHaveLength(times);
  });

  it('comes to its end all the same where no word of it can be saved, or none is said', async () => {
    office = await openOffice();
    const { pauseMs } = slowLook();
    const busy = () => Promise.reject(new PlatformFailure('unavailable', 'the store is busy'));
    const store = Object.assign(Object.create(office.shell.store), { commit: busy });
    const looking = whileLooking(look(), { ...office.shell, store, pauseMs }, async () => {
      for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
      return 'found';
    });
    expect(await looking).toBe('found');
    expect(await whileLooking(look(), office.shell, async () => 'found')).toBe('found');
    expect(await said()).toEqual([]);
    await expect(
      whileLooking(look(), { ...office.shell, pauseMs }, () => Promise.reject(new Error('no answer'))),
    ).rejects.toThrow('no answer');
  });
});
