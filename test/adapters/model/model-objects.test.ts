import { describe, expect, it } from '@jest/globals';
import { createModelPlatform } from '../../../src/adapters/model/platform.ts';
import { NotFoundError } from '../../../src/domain/errors.ts';
import { TurnedClock } from '../../support/turned-clock.ts';

const { objects, restMapper, metrics, snapshot } = createModelPlatform({ clock: new TurnedClock(), seed: 1 });
const resources = await restMapper.resources();
async function names(plural: string, namespace: string | null, labelSelector = ''): Promise<string[]> {
  const resource = resources.find(({ resource }) => resource === plural) ?? { ...resources[0]!, resource: plural };
  const found = await objects.list(resource, { namespace, labelSelector });
  return found.map(({ name }) => name);
}

describe('objects of the model', () => {
  it('are the pods that its series name', async () => {
    const pods = await names('pods', 'streaming', 'app.kubernetes.io/name=streaming-service');
    const series = await metrics.series('concurrent_viewers', 0);
    expect(new Set(series.map(({ pod }) => pod))).toEqual(new Set(pods));
  });

  it.each([
    ['in (cdn-gateway,video-api)', ['cdn-gateway', 'video-api']],
    ['notin (cdn-gateway)', null],
    ['!= cdn-gateway', null],
  ])('are selected by labels: %s', async (selector, expected) => {
    const all = snapshot().services.map(({ name }) => name);
    const found = await names('deployments', 'streaming', `app.kubernetes.io/name ${selector}`);
    expect(found.toSorted()).toEqual((expected ?? all.filter((name) => name !== 'cdn-gateway')).toSorted());
  });

  it('come sorted, and as the very same array as long as they are the same', () => {
    const pods = resources.find(({ resource }) => resource === 'pods');
    const all = { namespace: null, labelSelector: '' };
    const found = objects.inMemory(pods!, all)!;
    expect(found.length).toBeGreaterThan(1);
    expect(found.map(({ name }) => name)).toEqual(found.map(({ name }) => name).toSorted());
    expect(objects.inMemory(pods!, { ...all })).toBe(found);
  });

  it('are of their namespace alone, and namespaces of the root', async () => {
    expect(await names('services', 'elsewhere')).toEqual([]);
    expect(await names('namespaces', null)).toEqual(['streaming']);
    await expect(names('unicorns', null)).rejects.toBeInstanceOf(NotFoundError);
  });
});
