import { loadOf, type MetricReading, readingText } from '../../../src/domain/hpa/metric-reading.ts';

const viewers: MetricReading = {
  source: 'Pods',
  name: 'viewers',
  labels: {},
  type: 'AverageValue',
  current: 850.5,
  target: 1000,
};
const cpu: MetricReading = {
  ...viewers,
  source: 'Resource',
  name: 'cpu',
  type: 'Utilization',
  current: 52,
  target: 70,
};

it.each([
  ['an average, in short', viewers, 'viewers 851/1K'],
  ['a utilization, in percent', cpu, 'cpu 52%/70%'],
  ['what could not be read, without a number', { ...cpu, current: null }, 'cpu -/70%'],
])('shows %s', (_, metric, text) => {
  expect(readingText(metric)).toBe(text);
});

it.each([
  ['all replicas together, of an average', [viewers, cpu], 3402],
  ['the value, of a value', [{ ...viewers, type: 'Value' as const }], 850.5],
  ['percent, of a utilization', [cpu, viewers], 52],
  ['unknown where the first metric could not be read', [{ ...viewers, current: null }, cpu], null],
  ['unknown without a metric', [], null],
])('the load is %s', (_, metrics, load) => {
  expect(loadOf({ metrics, currentReplicas: 4 })).toBe(load);
});
