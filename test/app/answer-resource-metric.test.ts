import { describe, expect, it } from '@jest/globals';
import { createResourceAnswerer } from '../../src/app/answer-resource-metric.ts';
import { createQueryCache } from '../../src/app/query-cache.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import type { Backend } from '../../src/domain/rules/backend.ts';
import type { ObjectMetadata, Where } from '../../src/ports/objects.ts';
import { silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { aResourceRule } from '../domain/rules/a-resource-rule.ts';
import { RESOURCES } from '../domain/rules/cluster-resources.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { aSource } from './a-source.ts';

const kubelets = { name: 'kubelets', url: 'https://x', tenant: null, headers: {} };
const backend: Backend = { ...kubelets, caFile: null, clientCertificate: null, bearerTokenFile: null };

function setup() {
  const source = aSource();
  const other = aSource();
  const clock = new TurnedClock();
  const listed: Where[] = [];
  const cluster = { down: false, pods: [] as ObjectMetadata[] };
  const answerer = createResourceAnswerer({
    source,
    backends: { source: () => other },
    clock,
    cacheOf: (source, backend) =>
      createQueryCache({ source, backend, clock, recorder: silentServingRecorder, maxStalenessSeconds: 60 }),
    mapper: {
      resources: () => (cluster.down ? Promise.reject(new UnavailableError('down')) : Promise.resolve(RESOURCES)),
    },
    objects: {
      inMemory: () => null,
      list(_resource, where) {
        listed.push(where);
        return Promise.resolve(cluster.pods);
      },
    },
  });
  answerer.replace(aResourceRule);
  return { source, other, clock, cluster, listed, answerer };
}
const pod = (namespace: string, name: string): ObjectMetadata => ({ namespace, name, labels: {} });

describe('usage of pods', () => {
  it('is asked for once a namespace and resource, of pods that run', async () => {
    const { source, cluster, listed, answerer } = setup();
    cluster.pods = [pod('x', 'a'), pod('y', 'c'), pod('x', 'b')];
    await answerer.pods({ namespace: null, labelSelector: 'app=web' });
    expect(listed).toEqual([{ namespace: null, labelSelector: 'app=web', running: true }]);
    expect(source.queries.toSorted()).toEqual([
      'sum by (pod,container) (memory_bytes{namespace="x",pod=~"a|b"})',
      'sum by (pod,container) (memory_bytes{namespace="y",pod="c"})',
      'sum by (pod,container) (rate(cpu_seconds{namespace="x",pod=~"a|b"}[5m]))',
      'sum by (pod,container) (rate(cpu_seconds{namespace="y",pod="c"}[5m]))',
    ]);
  });

  it('is asked of the backend that the rules name, and what another said before is not told as its answer', async () => {
    const { source, other, cluster, answerer } = setup();
    cluster.pods = [pod('x', 'a')];
    const read = (): Promise<unknown> => answerer.pods({ namespace: 'x', labelSelector: '' });
    const asked = (): number[] => [source, other].map(({ queries }) => queries.length);
    await read();
    await read();
    expect(asked()).toEqual([2, 0]);
    answerer.replace({ ...aResourceRule, backend });
    await read();
    answerer.replace({ ...aResourceRule, backend, windowSeconds: 60 });
    await read();
    expect(asked()).toEqual([2, 2]);
    answerer.replace(aResourceRule);
    await read();
    expect(asked()).toEqual([4, 2]);
  });

  it('is had while the API server does not say which resources there are, if it ever did', async () => {
    const { clock, cluster, answerer } = setup();
    cluster.down = true;
    await expect(answerer.nodes('')).rejects.toBeInstanceOf(UnavailableError);
    cluster.down = false;
    expect(await answerer.nodes('')).toEqual([]);
    cluster.down = true;
    await clock.turn(31_000);
    expect(await answerer.nodes('')).toEqual([]);
  });
});
