import { Deployment, NodePool } from '../../../src/adapters/model/deployment.ts';
import { createModelPlatform, type ModelOptions, type Snapshot } from '../../../src/adapters/model/platform.ts';
import { SERVICES } from '../../../src/adapters/model/services.ts';
import { MONDAY, settableClock } from './settable-clock.ts';

function platform(options: Partial<ModelOptions> = {}) {
  const clock = settableClock();
  return { clock, ...createModelPlatform({ clock, seed: 1, ...options }) };
}

const serviceOf = ({ services }: Snapshot, name: string) => services.find((service) => service.name === name)!;
const players = ({ snapshot }: ReturnType<typeof platform>) => serviceOf(snapshot(), 'streaming-service');

it('starts with enough ready pods everywhere, and metrics that can be read', async () => {
  const model = platform();
  for (const service of model.snapshot().services) {
    expect(service.readyReplicas).toBe(service.desiredReplicas);
    expect(service.conditions).toContainEqual(expect.objectContaining({ reason: 'ValidMetricFound' }));
    expect(service.hpa.metrics).toHaveLength(2);
    for (const { current, target } of service.hpa.metrics) expect(current).toBeLessThanOrEqual(target * 1.1);
  }
  for (const query of SERVICES.flatMap(({ queries }) => queries)) {
    expect(await model.metrics.query(query)).toMatchObject({ samples: expect.arrayContaining([expect.anything()]) });
  }
});

it('is the same every time for one clock, seed and start', async () => {
  const [a, b] = [platform(), platform()];
  for (const model of [a, b]) model.clock.advance(1800);
  expect(a.snapshot()).toEqual(b.snapshot());
  expect(await a.metrics.query('cdn_bytes_total')).toEqual(await b.metrics.query('cdn_bytes_total'));
});

it('does not depend on how often it is looked at', () => {
  const [a, b] = [platform(), platform()];
  for (let i = 0; i < 90; i++) {
    a.clock.advance(20);
    a.snapshot();
  }
  b.clock.advance(1800);
  expect(a.snapshot()).toEqual(b.snapshot());
});

it('the metrics agree with what the snapshot says', async () => {
  const model = platform();
  model.clock.advance(15);
  const { viewers } = players(model);
  const value = async (promql: string): Promise<number> => {
    const result = await model.metrics.query(promql);
    return result.type === 'vector' ? result.samples[0]!.value : result.value;
  };
  expect(await value('sum(concurrent_viewers{service="streaming-service"})')).toBe(viewers);
  const { bandwidth } = serviceOf(model.snapshot(), 'cdn-gateway');
  expect((await value('8 * sum(rate(cdn_bytes_total[1m]))')) / bandwidth).toBeCloseTo(1, 1);
  const count = await value('count(concurrent_viewers{region="kr"})');
  expect(count).toBe(players(model).readyReplicas);
});

it('follows a crowd up and down, with pods that take time to start', () => {
  const surge = { start: MONDAY + 60_000, viewers: 60_000, rampMinutes: 10, holdMinutes: 20, exitMinutes: 1 };
  const model = platform({ surges: [surge] });
  const before = players(model).desiredReplicas;
  let starting = 0;
  for (let i = 0; i < 25; i++) {
    model.clock.advance(60);
    const { desiredReplicas, readyReplicas } = players(model);
    starting = Math.max(starting, desiredReplicas - readyReplicas);
  }
  const during = players(model);
  expect(starting).toBeGreaterThan(0);
  expect(during.desiredReplicas).toBeGreaterThanOrEqual(Math.floor(during.viewers / 1100));
  expect(during.readyReplicas).toBe(during.desiredReplicas);
  expect(during.why).toBe('pods metric concurrent_viewers above target');
  model.clock.advance(3600);
  const after = players(model);
  expect(after.desiredReplicas).toBeLessThan(before + 3);
  expect(after.why).toBe('All metrics below target');
});

it('reads viewers and cpu pod by pod, and the main metric leads', () => {
  const model = platform();
  model.clock.advance(600);
  const { hpa, viewers, desiredReplicas } = players(model);
  const [main, cpu] = hpa.metrics;
  expect(main).toMatchObject({ source: 'Pods', name: 'concurrent_viewers', type: 'AverageValue' });
  expect(main!.current! * desiredReplicas).toBeCloseTo(viewers, -2);
  expect(cpu).toMatchObject({ source: 'Resource', name: 'cpu', type: 'Utilization', target: 70 });
  expect(cpu!.current! / cpu!.target).toBeLessThan(main!.current! / main!.target);
  const { conditions } = players(model);
  expect(conditions).toContainEqual(expect.objectContaining({ message: expect.stringContaining('pods metric') }));
});

it('never has more replicas than max, however many come', () => {
  const surge = { start: MONDAY, viewers: 1e6, rampMinutes: 1, holdMinutes: 60, exitMinutes: 1 };
  const model = platform({ surges: [surge] });
  model.clock.advance(300);
  for (const { desiredReplicas, hpa } of model.snapshot().services) expect(desiredReplicas).toBe(hpa.maxReplicas);
});

it('an edit of the floor is answered at once, not at the next tick', async () => {
  const model = platform();
  model.clock.advance(1);
  const { hpa } = players(model);
  await model.cluster.applyFloor({ target: hpa.target, uid: hpa.uid, minReplicas: 20, restoreMinReplicas: 1 });
  const after = players(model);
  expect(after).toMatchObject({
    desiredReplicas: 20,
    why: 'Current number of replicas below Spec.MinReplicas',
    hpa: { currentReplicas: hpa.desiredReplicas, desiredReplicas: 20, governed: { writtenAt: MONDAY + 1000 } },
  });
  expect(after.readyReplicas).toBeLessThan(20);
  model.clock.advance(180);
  expect(players(model).readyReplicas).toBe(20);
});

it('after a long sleep it goes on from an hour ago', () => {
  const model = platform();
  model.clock.advance(400 * 24 * 3600);
  const { at, services } = model.snapshot();
  expect(at).toBe(MONDAY + 400 * 24 * 3600 * 1000);
  for (const { readyReplicas } of services) expect(readyReplicas).toBeGreaterThan(0);
});

describe('a Deployment', () => {
  const start = 1_000_000;
  const deployment = (nodes = new NodePool()) => new Deployment('video', nodes, null);

  it('has pods ready 45 s after they were created, 120 s more when a node comes first', () => {
    const video = deployment();
    video.scale(2, start);
    const readyAt = (seconds: number): number => video.ready(start + seconds * 1000).length;
    expect([0, 44, 45, 164, 165].map(readyAt)).toEqual([0, 0, 1, 1, 2]);
  });

  it('shares its nodes with the others; a node that was added stays', () => {
    const nodes = new NodePool();
    const [a, b] = [deployment(nodes), deployment(nodes)];
    a.scale(12, start);
    a.scale(0, start);
    b.scale(12, start);
    expect(b.ready(start + 45_000)).toHaveLength(12);
  });

  it('lets the youngest pods go first and never uses a name twice', () => {
    const video = deployment();
    video.scale(3, start);
    const names = video.pods(start).map(({ name }) => name);
    video.scale(2, start);
    video.scale(4, start);
    const later = video.pods(start).map(({ name }) => name);
    expect(later.slice(0, 2)).toEqual(names.slice(0, 2));
    expect(later).not.toContain(names[2]);
    expect(new Set(later).size).toBe(4);
  });
});
