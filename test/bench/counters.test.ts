import { expect, it } from '@jest/globals';
import { sumOf } from './exposition.ts';
import { cpuSeconds, cpuSecondsIn, peakMegabytes, peakMegabytesIn } from './process-stat.ts';

const EXPOSITION = `# HELP requests_total help, requests_total{code="200"} 7
# TYPE requests_total counter
requests_total{code="200",handler="/api/v1/query"} 3
requests_total{code="400",handler="/api/v1/query"} 2
requests_total{code="200",handler="/api/v1/query_range"} 100
requests_total{xhandler="/api/v1/query",note="a } in it"} 1000
requests_total_created{handler="/api/v1/query"} 5
plain 1.5e+01
`;

it.each<[string, Record<string, string>, number]>([
  ['requests_total', { handler: '/api/v1/query' }, 5],
  ['requests_total', { handler: '/api/v1/query', code: '200' }, 3],
  ['requests_total', {}, 1105],
  ['requests_total', { handler: '/nowhere' }, 0],
  ['requests', {}, 0],
  ['plain', {}, 15],
])('sums the samples of %s with %j', (name, labels, sum) => {
  expect(sumOf(EXPOSITION, name, labels)).toBe(sum);
});

it('reads user and system time behind a name with spaces and parentheses', () => {
  expect(cpuSecondsIn('42 (a b) c)) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 11 0 5000 1 2')).toBe(3);
});

it('reads the peak of resident memory in MB of a million bytes', () => {
  expect(peakMegabytesIn('Name:\tnode\nVmHWM:\t  400000 kB\nVmRSS:\t 1 kB\n')).toBeCloseTo(409.6);
  expect(() => peakMegabytesIn('Name:\tkthreadd\n')).toThrow('VmHWM');
});

// /proc is Linux'; elsewhere the benchmark cannot run, and says so
(process.platform === 'linux' ? it : it.failing)('reads those of a process that runs', () => {
  expect(cpuSeconds(process.pid)).toBeGreaterThan(0);
  expect(peakMegabytes(process.pid)).toBeGreaterThan(10);
});
