import type { Series, ServicePods } from '../../../src/adapters/model/exporter.ts';
import { type Containers, kubelet, machine, usageOf } from '../../../src/adapters/model/kubelet.ts';
import type { MetricName } from '../../../src/adapters/model/metrics.ts';
import { SERVICES } from '../../../src/adapters/model/services.ts';

const CPU = 'container_cpu_usage_seconds_total';
const MEMORY = 'container_memory_working_set_bytes';
const viewers = { kr: 1000, eu: 500, us: 500 };
const pods: ServicePods = { namespace: 'live', service: 'player', role: 'player', pods: ['a', 'b'] };
const sum = (series: readonly Series[], name: MetricName, matches: (labels: Series['labels']) => boolean): number =>
  series.filter((each) => each.name === name && matches(each.labels)).reduce((all, { value }) => all + value, 0);

/** Cores between two looks, a minute apart. */
function cores(service: Containers, matches: (labels: Series['labels']) => boolean): number {
  const { observe } = kubelet();
  observe(0, viewers, [service]);
  return sum(observe(60_000, viewers, [service]), CPU, matches) / 60;
}

it.each([
  [0, 5, 30],
  [0.5, 33, 45],
  [1, 60, 60],
  [1.4, 82, 72],
  [2, 115, 90],
  [3, 115, 90],
])(
  'a pod with %d of the viewers of its target uses %d %% of its cores and %d %% of its memory',
  (load, cpu, memory) => {
    const used = usageOf('player', 1000 * load);
    expect(Math.round(used.cores * 100 + 1e-9)).toBe(cpu);
    expect(Math.round((used.bytes / 2 ** 30) * 100)).toBe(memory);
  },
);

it.each(SERVICES)('cpu of $name leaves the lead to its main metric: at its target it is below 70 %', (service) => {
  const { cpu, viewers: target } = service.podSize;
  expect(usageOf(service.role, target).cores / cpu).toBeLessThan(0.7);
  // The HPA's tolerance is a tenth: where the main metric is tolerated, so is cpu.
  expect(usageOf(service.role, target * 1.1).cores / cpu).toBeLessThan(0.7 * 1.1);
});

it('a container is told by name, and once more within its pod as a whole', () => {
  const series = kubelet().observe(0, viewers, [{ ...pods, cores: null }]);
  const memory = series.filter(({ name }) => name === MEMORY).map(({ labels }) => labels);
  expect(memory.map(({ pod, container }) => [pod, container])).toEqual([
    ['a', 'player'],
    ['a', undefined],
    ['b', 'player'],
    ['b', undefined],
  ]);
});

it('cpu is a counter of seconds, of what the viewers cost or what somebody has set for all pods', () => {
  const inContainers = ({ container }: Series['labels']): boolean => container !== undefined;
  expect(cores({ ...pods, cores: null }, inContainers)).toBeCloseTo(2 * usageOf('player', 1000).cores, 9);
  expect(cores({ ...pods, cores: 12 }, inContainers)).toBeCloseTo(12, 9);
  expect(cores({ ...pods, cores: 12 }, ({ pod, container }) => pod === 'a' && container === undefined)).toBeCloseTo(6);
});

it('the machine is one row that never falls, also when its pods go', () => {
  const { observe } = machine();
  const count = (t: number, used: number): number =>
    sum(observe(t, viewers, [{ cores: used, bytes: 1 }]), CPU, ({ id }) => id === '/');
  expect([count(0, 9), count(1000, 9), count(2000, 1)]).toEqual([0, 9, 10]);
});
