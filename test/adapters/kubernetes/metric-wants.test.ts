import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kubernetesMetricWants } from '../../../src/adapters/kubernetes/metric-wants.ts';
import type { ApiResource } from '../../../src/domain/rules/api-resource.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { Following, MetricWant } from '../../../src/ports/metric-wants.ts';
import { systemClock } from '../../../src/wiring/system-clock.ts';
import { RESOURCES } from '../../domain/rules/cluster-resources.ts';
import { soon } from '../../support/soon.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { FakeCollection } from './fake-collection.ts';

let server: FakeApiServer;
let hpas: FakeCollection;
let following: Following;
let told: (readonly MetricWant[])[];
let resources: readonly ApiResource[];

beforeEach(async () => {
  told = [];
  resources = RESOURCES;
  server = await FakeApiServer.start();
  hpas = new FakeCollection();
  server.answer = hpas.answer;
});
afterEach(async () => {
  await following.close();
  await server[Symbol.asyncDispose]();
});

/** Twenty times as fast. */
const clock: Clock = {
  ...systemClock,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / 20, signal),
};

async function follow(): Promise<void> {
  const wants = kubernetesMetricWants({
    client: await server.client(5000),
    clock,
    log: silentLog,
    pace: { first: 5, most: 20, silence: 10_000 },
    mapper: { resources: () => Promise.resolve(resources) },
  });
  following = wants.follow((all) => told.push(all));
}

const target = { type: 'AverageValue', averageValue: '1' };
const external = (name: string, matchLabels?: object): object => ({
  type: 'External',
  external: { metric: { name, ...(matchLabels && { selector: { matchLabels } }) }, target },
});
const ofPods = (name: string): object => ({ type: 'Pods', pods: { metric: { name }, target } });
const ofObject = (kind: string, apiVersion?: string): object => ({
  type: 'Object',
  object: { metric: { name: 'requests' }, describedObject: { kind, apiVersion, name: 'main' }, target },
});
const cpu = { type: 'Resource', resource: { name: 'cpu', target } };
const inContainer = { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target } };
const hpa = (name: string, metrics?: object[], status: object = {}) => ({
  metadata: { name, namespace: 'x' },
  spec: { maxReplicas: 3, metrics },
  status,
});
const want = (metric: string, selector = ''): MetricWant => ({ type: 'external', namespace: 'x', metric, selector });

describe('what HPAs want', () => {
  it('is told when all were seen, of every metric but cpu and memory', async () => {
    hpas.put(
      hpa('a', [cpu, external('Viewers', { b: '1', a: '2' }), inContainer]),
      hpa('b', [ofPods('Viewers'), ofObject('Ingress', 'networking.k8s.io/v1')]),
      hpa('c'),
    );
    await follow();
    expect(following.synced()).toBe(false);
    await soon(() => expect(following.synced()).toBe(true));
    const custom = { type: 'custom', namespace: 'x', metricLabelSelector: '' };
    expect(told).toEqual([
      [
        { ...custom, resource: 'ingresses.networking.k8s.io', object: 'main', metric: 'requests' },
        { ...custom, resource: 'pods', object: '*', metric: 'Viewers' },
        want('viewers', 'a=2,b=1'),
      ],
    ]);
  });

  it('is told again when HPAs come, are edited and go, a storm of them at once', async () => {
    hpas.put(hpa('a', [external('one')]));
    await follow();
    await soon(() => expect(told).toHaveLength(1));
    for (let i = 0; i < 200; i += 1) hpas.put(hpa(`more-${i}`, [external('two')]));
    await soon(() => expect(told.at(-1)).toEqual([want('one'), want('two')]));
    hpas.put(hpa('a', [external('three')]));
    await soon(() => expect(told.at(-1)).toEqual([want('three'), want('two')]));
    hpas.remove('a');
    await soon(() => expect(told.at(-1)).toEqual([want('two')]));
    expect(told.length).toBeLessThan(100);
  });

  it('is not told again for a new status, nor for an HPA that wants the same', async () => {
    hpas.put(hpa('a', [external('one')]));
    await follow();
    await soon(() => expect(told).toHaveLength(1));
    hpas.put(
      hpa('a', [external('one')], { currentReplicas: 3 }),
      hpa('b', [external('one')]),
      hpa('c', [external('x')]),
    );
    await soon(() => expect(told).toHaveLength(2));
    expect(told[1]).toEqual([want('one'), want('x')]);
  });

  it('is told when a kind is there that was not known', async () => {
    resources = [];
    hpas.put(hpa('a', [ofObject('Service', 'v1'), external('one')]));
    await follow();
    await soon(() => expect(told).toEqual([[want('one')]]));
    resources = RESOURCES;
    await soon(() => expect(told.at(-1)?.map(({ metric }) => metric)).toEqual(['requests', 'one']));
  });

  it('is as the cluster again after its API server restarted', async () => {
    hpas.put(hpa('a', [external('one')]), hpa('b', [external('two')]));
    await follow();
    await soon(() => expect(told).toHaveLength(1));
    await server.down();
    hpas.remove('a');
    hpas.forget();
    await server.up();
    await soon(() => expect(told.at(-1)).toEqual([want('two')]));
  });
});

it('of no HPAs is known too', async () => {
  await follow();
  await soon(() => expect(told).toEqual([[]]));
});

it('after closing nothing is told', async () => {
  hpas.put(hpa('a', [external('one')]));
  await follow();
  await soon(() => expect(hpas.watchers).toBe(1));
  await following.close();
  expect(told).toEqual([]);
  await soon(() => expect(hpas.watchers).toBe(0));
});
