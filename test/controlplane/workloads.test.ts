import { USUAL_PEAK } from '../../src/adapters/model/load.ts';
import { Workloads } from './workloads.ts';

const LOAD = { seed: 1, peak: USUAL_PEAK, origin: 0, surges: [] };
const pods = (service: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ namespace: 'streaming', name: `${service}-${i}`, service }));

let clock = 2e12;
/** Cores of the rows of the kubelet that match, between two looks. */
function cores(workloads: Workloads, row: string): number {
  const count = (now: number): number => {
    const rows = workloads
      .cadvisor(now)
      .split('\n')
      .filter((line) => line.startsWith('container_cpu') && line.includes(row));
    return rows.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  };
  clock += 20_000;
  const start = count(clock);
  return (count(clock + 10_000) - start) / 10;
}

/** The sum of a metric over pods, as Prometheus would read it. */
function sum(
  workloads: Workloads,
  of: readonly { namespace: string; name: string }[],
  metric: string,
  now: number,
): number {
  const texts = of.map((pod) => workloads.metrics(pod, now) ?? '');
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith(`${metric}{`));
  return lines.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}

test.each([1, 3, 7])('viewers that somebody sets are all there, whole, on %i pods', (count) => {
  const workloads = new Workloads(LOAD);
  const fleet = pods('streaming-service', count);
  workloads.setPods(fleet);
  workloads.setViewers('streaming-service', 5001);
  expect(sum(workloads, fleet, 'concurrent_viewers', 1e12)).toBe(5001);
  workloads.setViewers('streaming-service', null);
  expect(sum(workloads, fleet, 'concurrent_viewers', 1e12)).not.toBe(5001);
});

test('a counter grows by its rate; a new pod starts at zero and the others go on', () => {
  const workloads = new Workloads(LOAD);
  const fleet = pods('cdn-gateway', 2);
  workloads.setViewers('cdn-gateway', 1000);
  workloads.setPods(fleet);
  const at = (seconds: number) => sum(workloads, fleet, 'cdn_bytes_total', 1e12 + seconds * 1000);
  const start = at(0);
  const later = at(10);
  expect(later - start).toBeCloseTo((1000 * 4.5e6 * 10) / 8, -1);
  const grown = pods('cdn-gateway', 3);
  workloads.setPods(grown);
  expect(at(10)).toBeCloseTo(later, -1);
  expect(sum(workloads, grown.slice(2), 'cdn_bytes_total', 1e12 + 10_000)).toBe(0);
});

test('a pod that is not ready, or not of the platform, has no metrics', () => {
  const workloads = new Workloads(LOAD);
  workloads.setPods(pods('somebody-else', 1));
  expect(workloads.metrics({ namespace: 'streaming', name: 'somebody-else-0' }, 1e12)).toBeNull();
  expect(workloads.metrics({ namespace: 'streaming', name: 'streaming-service-0' }, 1e12)).toBeNull();
});

test('the kubelet tells what containers use: by their viewers, or as somebody sets it', () => {
  const workloads = new Workloads(LOAD);
  workloads.setPods([...pods('streaming-service', 2), ...pods('video-api', 1)]);
  workloads.setViewers('streaming-service', 2000);
  expect(cores(workloads, 'container="streaming-service"')).toBeCloseTo(1.2, 3);
  workloads.setCores('streaming-service', 12);
  expect(cores(workloads, 'container="streaming-service"')).toBeCloseTo(12, 3);
  expect(cores(workloads, 'id="/"')).toBeGreaterThan(12);
  workloads.setCores('streaming-service', null);
  expect(cores(workloads, 'container="streaming-service"')).toBeCloseTo(1.2, 3);
});
