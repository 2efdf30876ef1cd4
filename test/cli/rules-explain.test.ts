import { expect, it } from '@jest/globals';
import { run } from '../../src/cli/run.ts';
import type { AskedMetric, ExplainedMetric } from '../../src/domain/rules/explained-metric.ts';
import { fakeTools } from './fake-tools.ts';

const FOUND: ExplainedMetric = {
  rule: 'rules.yaml:2:3 externalRules[0]',
  backend: 'default',
  query: 'sum(m{namespace="shop"})',
  batch: { type: 'together', query: 'sum by (namespace) (m{namespace="shop"})' },
  rows: 1,
  items: [{ of: '{}', value: '12500m', timestamp: '2026-01-01T00:00:00Z' }],
  ageSeconds: 3.04,
  error: null,
  wantedBy: 'hpa',
  reads: [],
  why: null,
};

async function explain(...words: string[]) {
  return explained(FOUND, ...words);
}

async function explained(found: ExplainedMetric, ...words: string[]) {
  const asked: AskedMetric[] = [];
  const { tools, ran } = fakeTools({
    explainedMetric: (_url, metric) => {
      asked.push(metric);
      return Promise.resolve(found);
    },
  });
  const code = await run(['rules', 'explain', ...words], tools);
  return { code, out: ran.out, asked };
}

it('says what a running server knows of a metric', async () => {
  const { code, out } = await explain('shop', 'm');
  expect(code).toBe(0);
  expect(out).toBe(
    [
      'wanted  an HPA names it',
      'rule    rules.yaml:2:3 externalRules[0]',
      'query   sum(m{namespace="shop"})',
      'batch   sum by (namespace) (m{namespace="shop"})',
      'value   1 row, 3.0 s old',
      '        12500m at 2026-01-01T00:00:00Z {}',
      '',
    ].join('\n'),
  );
});

it('is exit code 3 with the reason where no rule answers it', async () => {
  const none = { rule: null, backend: null, query: null, batch: null, rows: null, items: [], ageSeconds: null };
  const { code, out } = await explained(
    { ...FOUND, ...none, wantedBy: 'nobody', why: 'no rule answers m' },
    'shop',
    'm',
  );
  expect({ code, out }).toEqual({
    code: 3,
    out: 'wanted  nobody, so that nothing is kept of it\nnot     no rule answers m\nvalue   none yet\n',
  });
});

it('says by which selectors a metric of pods was read, where it is asked for without one', async () => {
  const { query, items } = FOUND;
  const reads = [
    { selector: 'app=a', query, rows: 1, items, ageSeconds: 1, error: null },
    { selector: '', query, rows: null, items: [], ageSeconds: null, error: 'connection refused' },
  ];
  const { out } = await explained({ ...FOUND, rows: null, items: [], ageSeconds: null, reads }, 'shop', 'pods/m');
  expect(out.split('\n').slice(4)).toEqual([
    'read    of app=a',
    'value   1 row, 1.0 s old',
    '        12500m at 2026-01-01T00:00:00Z {}',
    'read    of all objects',
    'value   none yet',
    'error   connection refused',
    '',
  ]);
});

it.each<[string[], Partial<AskedMetric>]>([
  [['shop', 'm', 'a=b'], { namespace: 'shop', metric: 'm', selector: 'a=b' }],
  [
    ['shop', 'pods/m', 'a=b', '--metric-selector=c=d', '--object=p'],
    { selector: 'a=b', metricSelector: 'c=d', object: 'p' },
  ],
  [['-', 'nodes/m'], { namespace: '', metric: 'nodes/m', object: '*' }],
])('asks for what its words name: %j', async (words, expected) => {
  expect((await explain(...words)).asked).toEqual([expect.objectContaining(expected)]);
});

it.each([
  [['shop']],
  [['shop', 'm', 'a=b', 'more']],
  [['shop', 'm', 'a b']],
  [['shop', 'pods/']],
  [['shop', '/m']],
  [['shop', 'm', '--server', 'h:1']],
])('is exit code 2 for %j', async (words) => {
  expect((await explain(...words)).code).toBe(2);
});
