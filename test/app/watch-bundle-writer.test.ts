import { expect, it } from '@jest/globals';
import { watchBundleWriter } from '../../src/app/watch-bundle-writer.ts';
import { ForbiddenError } from '../../src/domain/errors.ts';
import { silentLog } from '../../src/ports/log.ts';
import { silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { TurnedClock } from '../support/turned-clock.ts';

it('names who else writes the caBundle, once, and says when that is over', async () => {
  const clock = new TurnedClock();
  const said: unknown[] = [];
  const told: (string | null)[] = [];
  const say = (fields: object, message: string): void => void said.push([fields, message]);
  let read = (): Promise<string | null> => Promise.resolve(null);
  const watching = watchBundleWriter({
    anchor: { name: 'x', read: async () => ({ caPem: '', otherWriter: await read(), uid: '', version: '' }) },
    clock,
    log: { ...silentLog, info: say, warn: say },
    recorder: { ...silentServingRecorder, bundleWrittenBy: (manager) => told.push(manager) },
  });
  const look = async (writer: string | null): Promise<void> => {
    read = () => Promise.resolve(writer);
    await clock.turn(15_000);
  };
  await clock.turn(0);
  await look('cert-manager-cainjector');
  expect(said).toEqual([]);
  await look('keda');
  await look('keda');
  read = () => Promise.reject(new ForbiddenError('may not'));
  await clock.turn(30_000);
  await look(null);
  await watching.close();
  expect(told).toEqual([null, null, 'keda', 'keda', null]);
  expect(said).toEqual([
    [{ where: 'x', manager: 'keda' }, 'somebody else writes the caBundle: the API server may refuse us'],
    [{ where: 'x', error: 'may not' }, 'cannot see who writes the caBundle'],
    [{ where: 'x' }, 'nobody else writes the caBundle any more'],
  ]);
});
