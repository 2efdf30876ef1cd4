import { describe, expect, it } from '@jest/globals';
import { compileRegex } from '../../../src/domain/rules/regex.ts';
import { nameTable } from '../../../src/domain/rules/name-table.ts';
import { isSeriesName, pinnedSeries } from '../../../src/domain/rules/series-query.ts';
import { namespaceLabel } from '../../../src/domain/rules/namespace-label.ts';
import { externalMetricValues } from '../../../src/domain/rules/external-metric-value.ts';
import { parseNaming } from '../../../src/domain/rules/naming.ts';
import { aRule } from './a-rule.ts';

describe('the table of names', () => {
  it('serves a pinned series without a listing, under its lower-cased name', () => {
    const table = nameTable([aRule({ seriesQuery: 'Queue_Depth{a="b"}' })], new Map());
    expect(table.metrics.get('queue_depth')).toMatchObject({ name: 'Queue_Depth', series: 'Queue_Depth' });
  });

  it('serves what was listed for an open rule, filtered and renamed', () => {
    const rule = aRule({
      seriesQuery: '{__name__=~"^http_"}',
      naming: parseNaming('^http_(.*)_total$', '${1}_rate'),
      seriesFilters: [{ type: 'isNot', regex: compileRegex('secret') }],
    });
    const listed = ['http_requests_total', 'http_secret_total', 'http_open'];
    const table = nameTable([rule], new Map([[rule.seriesQuery, listed]]));
    expect([...table.metrics.keys()]).toEqual(['requests_rate']);
  });

  it('lets the last of two rules win and says so', () => {
    const [first, last] = [aRule({ seriesQuery: 'a' }), aRule({ seriesQuery: 'b', naming: parseNaming('', 'A') })];
    const { metrics, overlaps } = nameTable([first, last], new Map());
    expect(metrics.get('a')?.rule).toBe(last);
    expect(overlaps).toEqual([{ name: 'A', winner: last, loser: first }]);
  });

  it('does not serve a series whose own name could become PromQL', () => {
    const rule = aRule({ seriesQuery: '{job="x"}' });
    const listed = ['good:name_1', 'x"} or vector(1) #', 'with.dot', '1st', ''];
    expect([...nameTable([rule], new Map([[rule.seriesQuery, listed]])).metrics.keys()]).toEqual(['good:name_1']);
    expect(isSeriesName('é')).toBe(false);
  });
});

describe('a seriesQuery', () => {
  it.each([
    ['viewers', 'viewers'],
    ['viewers{}', 'viewers'],
    ['viewers{a="b",c!=""}', 'viewers'],
    ['{__name__="viewers",a="b"}', 'viewers'],
    ["{a='b', __name__ = 'viewers'}", 'viewers'],
    ['{__name__=~"viewers"}', null],
    ['{__name__!="viewers"}', null],
    ['{a="b"}', null],
    ['{"with.dot",a="b"}', null],
    ['{__name__="with.dot"}', null],
  ])('%s pins %s', (query, series) => {
    expect(pinnedSeries(query)).toBe(series);
  });

  it.each(['', 'viewers{', 'sum(viewers)', 'viewers[5m]', 'viewers offset 5m', '1', 'a or b', 'viewers{a=b}', '{{}}'])(
    '%j is refused, because it is no series selector',
    (query) => {
      expect(() => pinnedSeries(query)).toThrow(/is not a series selector, expected one like/);
    },
  );
});

describe('the label that holds the namespace', () => {
  const none = { namespaced: true, overrides: {}, template: '' };
  it.each([
    [{ ...none, namespaced: false }, null],
    [{ ...none, overrides: { ns: { resource: 'namespace' } } }, 'ns'],
    [{ ...none, overrides: { p: { resource: 'pod' }, ns: { group: '', resource: 'namespaces' } } }, 'ns'],
    [{ ...none, template: '<<.Resource>>' }, 'namespace'],
    [{ ...none, template: 'kube_<< .Group >>_<<.Resource>>' }, 'kube__namespace'],
    [{ ...none, overrides: { ns: { resource: 'namespace' } }, template: '<<.Resource>>' }, 'ns'],
  ])('of %j is %s', (resources, label) => {
    expect(namespaceLabel(resources)).toBe(label);
  });

  it.each([
    [none, /no label is named that holds the namespace: write resources: \{overrides: .* or \{namespaced: false\}/],
    [{ ...none, overrides: { ns: { group: 'apps', resource: 'namespace' } } }, /no label is named/],
    [{ ...none, template: 'kube' }, /template "kube" is not understood/],
    [{ ...none, template: '<<.Resource>><<.Nope>>' }, /is not understood/],
  ])('of %j is refused with the cure', (resources, message) => {
    expect(() => namespaceLabel(resources)).toThrow(message);
  });
});

describe('the items of an answer', () => {
  it('carry labels, whole seconds and a Quantity, and leave out what is no number', () => {
    const row = (value: number): { labels: { q: string }; timestamp: number; value: number } => ({
      labels: { q: String(value) },
      timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 999) / 1000,
      value,
    });
    const rows = [row(10.5), row(Number.NaN), row(Infinity), row(-Infinity), row(1e30)];
    expect(externalMetricValues('queue_depth', rows)).toEqual([
      { metricName: 'queue_depth', metricLabels: { q: '10.5' }, timestamp: '2026-01-02T03:04:05Z', value: '10500m' },
    ]);
  });
});
