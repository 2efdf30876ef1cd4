import { describe, expect, it } from '@jest/globals';
import type { Tools } from '../../src/cli/command.ts';
import { run } from '../../src/cli/run.ts';
import type { RulesCheck } from '../../src/domain/rules/rule-check.ts';
import type { Backend } from '../../src/domain/rules/backend.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import { RESOURCES } from '../domain/rules/cluster-resources.ts';
import { type Ran, fakeTools } from './fake-tools.ts';

const FILE = `externalRules:
- seriesQuery: viewers
  resources: {overrides: {namespace: {resource: namespace}}}
  metricsQuery: sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)
rules:
- seriesQuery: viewers
  resources: {overrides: {namespace: {resource: namespace}, show: {resource: streamingservice}}}
  metricsQuery: sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)
tidecaster:
  backends: [{name: far, url: 'https://far'}]
  queries: [{name: load, query: 'max(cpu{<<.LabelMatchers>>})', namespaceLabel: namespace, backend: far}]
`;

const series = async (): Promise<Record<string, string>[]> => [{ __name__: 'viewers', namespace: 'n', show: 's' }];
const query: Awaited<ReturnType<Tools['prometheus']>>['query'] = async () => ({
  type: 'vector',
  samples: [{ labels: { show: 's' }, timestamp: 0, value: 12 }],
});

async function check(argv: string[], about: Partial<Tools> = {}): Promise<Ran & { closed: string[]; asked: string[] }> {
  const closed: string[] = [];
  const asked: string[] = [];
  const { tools, ran } = fakeTools({
    readFile: async () => FILE,
    prometheus: async () => ({ query, series, types: async () => new Map(), close: () => closed.push('prometheus') }),
    backends: async () => ({
      source: (backend: Backend) => {
        asked.push(backend.name);
        return { query, series };
      },
      close: () => closed.push('backends'),
    }),
    resources: async () => RESOURCES,
    ...about,
  });
  const code = await run(['rules', 'check', ...argv], tools);
  return { ...ran, code, closed, asked };
}

describe('rules check', () => {
  it('prints each rule with its read, and a summary', async () => {
    const { code, out, closed } = await check(['r.yaml', '--prometheus', 'http://p', '-n', 'n', '-l', 'a=b']);
    expect(code).toBe(0);
    expect(out).toContain(`r.yaml:2:3 externalRules[0]  external.metrics.k8s.io
  series  viewers: 1 series of 1 name
  metric  viewers
  read    namespace n, selector a=b
  query   sum(viewers{a="b",namespace="n"}) by ()
`);
    expect(out).toContain('12 at 1970-01-01T00:00:00Z {show="s"}');
    expect(out).toMatch(/\d rules, \d metrics, 0 errors, \d warnings\n$/);
    expect(closed).toEqual(['prometheus']);
  });

  it('prints the same for programs', async () => {
    const { out } = await check(['r.yaml', '--prometheus', 'http://p', '-o', 'json']);
    const { rules } = JSON.parse(out) as RulesCheck;
    expect(rules.map(({ api, serves }) => [api, serves])).toEqual([
      ['external.metrics.k8s.io', 1],
      ['external.metrics.k8s.io', 1],
      ['custom.metrics.k8s.io', 1],
    ]);
  });

  it('asks nobody without --prometheus, and backends only where that is said', async () => {
    const alone = await check(['r.yaml']);
    expect(alone).toMatchObject({ code: 0, closed: [], asked: [] });
    expect(alone.out).toContain('not asked: nobody is asked (--prometheus URL)');
    const without = await check(['r.yaml', '--prometheus', 'http://p']);
    expect(without.asked).toEqual([]);
    expect(without.out).toContain('its backend far is not asked (--backends)');
    const withThem = await check(['r.yaml', '--prometheus', 'http://p', '--backends']);
    expect(new Set(withThem.asked)).toEqual(new Set(['far']));
    expect(withThem.closed).toEqual(['prometheus', 'backends']);
  });

  it("knows a cluster's own resources with --kubeconfig", async () => {
    const without = await check(['r.yaml', '--prometheus', 'http://p']);
    expect(without.out).toContain('the label show is to name streamingservice, which is not among the resources');
    const withThem = await check(['r.yaml', '--prometheus', 'http://p', '--kubeconfig', 'k']);
    expect(withThem.out).toContain('streamingservices.streaming.io/viewers');
  });

  it('goes on where types are not known', async () => {
    const types = (): Promise<never> => Promise.reject(new UnavailableError('no metadata here'));
    const prometheus = async () => ({ query, series, types, close: () => {} });
    const { code, err } = await check(['r.yaml', '--prometheus', 'http://p'], { prometheus });
    expect({ code, err }).toEqual({ code: 0, err: 'types are not known: no metadata here\n' });
  });

  it('fails with the faults of the file, and still tries what is whole', async () => {
    const readFile = async (): Promise<string> => FILE.replace('backend: far}]', 'backend: far}, {name: x}]');
    const { code, out } = await check(['r.yaml', '--prometheus', 'http://p'], { readFile });
    expect(code).toBe(2);
    expect(out).toContain('tidecaster.queries[1].query: error: is missing');
    expect(out).toContain('metric  viewers');
  });

  it.each([
    [[], 'files given, expected one'],
    [['a', 'b'], '2 files given, expected one'],
    [['a', '--metrics', '0'], '--metrics is "0"'],
    [['a', '-l', 'a in (b'], 'does not parse'],
  ])('refuses %j', async (argv, sentence) => {
    const { code, err } = await check(argv);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });
});
