import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { certificatePem } from '../../../src/adapters/certificates/issue.ts';
import { queryAt } from '../../../src/adapters/model/model-metrics.ts';
import { SeriesStore } from '../../../src/adapters/model/series-store.ts';
import { parseNaming } from '../../../src/domain/rules/naming.ts';
import type { ResourceRule, ResourceRules } from '../../../src/domain/rules/resource-rules.ts';
import { parseTemplate } from '../../../src/domain/rules/template.ts';
import { aCustomRule } from '../../domain/rules/a-custom-rule.ts';
import { aResourceRule } from '../../domain/rules/a-resource-rule.ts';
import { aRule } from '../../domain/rules/a-rule.ts';
import { anAccess, trustIn } from '../../server/an-access.ts';
import { type AnApi, anApi } from '../../server/an-api.ts';
import { aCa, aClient, aServer } from '../../server/pki.ts';
import { askerOf } from './ask.ts';
import { MUTANTS } from './mutants.ts';
import { failed } from './report.ts';
import { judge } from './row.ts';
import type { CustomMetric } from './rows-custom.ts';
import type { ExternalMetric } from './rows-external.ts';
import type { ResourceUsage } from './rows-resource.ts';
import { type Callers, rowsFor, runSuite } from './suite.ts';

const HPA_CONTROLLER = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
const EXTERNAL: ExternalMetric = {
  metric: 'Queue_Depth',
  namespace: 'shop',
  selector: 'queue=orders',
  value: '10500m',
  emptyNamespace: 'empty',
};
const CUSTOM: CustomMetric = {
  metric: 'viewers',
  namespace: 'shop',
  pod: 'web-1',
  selector: 'app=web',
  value: '10500m',
};
const RESOURCE: ResourceUsage = { namespace: 'shop', pod: 'web-1', selector: 'app=web' };
const rows = rowsFor({ external: EXTERNAL, custom: CUSTOM, resource: RESOURCE });
const ids = rows.map(({ id }) => id);

/** A queue stands for a container, its depth for cores and mebibytes. */
const asUsage = (rule: ResourceRule, factor: number): ResourceRule => ({
  ...rule,
  containerQuery: parseTemplate(`${factor} * sum by (<<.GroupBy>>) (concurrent_viewers{<<.LabelMatchers>>})`),
  nodeQuery: parseTemplate(`${factor} * sum by (<<.GroupBy>>) (concurrent_viewers{<<.LabelMatchers>>})`),
  containerLabel: 'queue',
});
const { cpu, memory } = aResourceRule;
const USAGE_RULES: ResourceRules = { ...aResourceRule, cpu: asUsage(cpu, 1), memory: asUsage(memory, 2 ** 20) };

/** Two queues, each of a pod, in the namespace shop, nothing in any other. The model's series have the names of its workloads. */
function store(): SeriesStore {
  const series = new SeriesStore();
  series.append(
    0,
    ['orders', 'mails'].map((queue, index) => ({
      name: 'concurrent_viewers' as const,
      labels: { namespace: 'shop', queue, pod: `web-${index}` },
      value: 10.5,
    })),
  );
  return series;
}

describe('the conformance suite', () => {
  let api: AnApi;
  const closing: (() => void)[] = [];
  let callers: Callers;
  beforeAll(async () => {
    const [ca, proxyCa] = await Promise.all([aCa(), aCa()]);
    const [server, proxy] = await Promise.all([aServer(ca), aClient(proxyCa, 'front-proxy-client')]);
    api = await anApi({
      certificate: { read: () => Promise.resolve(server) },
      access: anAccess({ frontProxy: trustIn(proxyCa), allows: ({ name }) => name === HPA_CONTROLLER }),
      rules: [aRule({ seriesQuery: 'concurrent_viewers', naming: parseNaming('.*', 'Queue_Depth') })],
      customRules: [aCustomRule({ naming: parseNaming('.*', 'viewers') })],
      resourceRules: USAGE_RULES,
      objects: (labelSelector) => (['', CUSTOM.selector].includes(labelSelector) ? ['web-0', 'web-1', 'web-2'] : []),
    });
    const series = store();
    api.source.lists(() => Promise.resolve([{ __name__: 'concurrent_viewers', namespace: 'shop', pod: 'web-1' }]));
    await api.relist();
    api.source.answers(async () => queryAt(series, api.source.queries.at(-1) ?? '', 0));
    const url = `https://127.0.0.1:${api.port}`;
    const nobody = askerOf({ url, ca: certificatePem(ca) });
    const known = askerOf({
      url,
      ca: certificatePem(ca),
      client: { certificate: proxy.certificatePem, key: proxy.privateKeyPem },
      headers: { 'x-remote-user': HPA_CONTROLLER },
    });
    closing.push(known.close, nobody.close);
    callers = { ask: known.ask, nobody: nobody.ask };
  });
  afterAll(async () => {
    for (const close of closing) close();
    await api.close();
  });

  it('is passed by our server, row by row, over TLS', async () => {
    const results = await runSuite(rows, callers);
    expect(failed(results).map(({ row, faults }) => ({ id: row.id, faults }))).toEqual([]);
    expect(results).toHaveLength(rows.length);
  });

  it.each(MUTANTS)('finds a server that $name', async ({ plant }) => {
    const results = await runSuite(rows, { ask: plant(callers.ask), nobody: callers.nobody });
    expect(failed(results).length).toBeGreaterThan(0);
  });

  it('takes no answer at all for a fault of each row, and does not throw', async () => {
    const silent = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED'));
    const results = await runSuite(rows, { ask: silent, nobody: silent });
    expect(failed(results)).toHaveLength(rows.length);
    expect(results[0]).toMatchObject({ code: null, faults: ['connect ECONNREFUSED'] });
  });

  it('asks what nobody may ask only where there is a credential to leave out', async () => {
    const results = await runSuite(rows, { ask: callers.ask, nobody: null });
    expect(results.map(({ row }) => row.id)).toEqual(rows.filter(({ as }) => as !== 'nobody').map(({ id }) => id));
  });

  it('names each row once', () => {
    expect(ids).toEqual([...new Set(ids)]);
  });
});

describe('a row of the conformance suite', () => {
  const row = rows.find(({ id }) => id === 'external.metrics.k8s.io/read')!;
  const item = { metricName: 'Queue_Depth', metricLabels: {}, timestamp: '2026-01-02T03:04:05Z', value: '10500m' };
  const body = (items: unknown): string =>
    JSON.stringify({
      kind: 'ExternalMetricValueList',
      apiVersion: 'external.metrics.k8s.io/v1beta1',
      metadata: {},
      items,
    });
  const verdict = (text: string, headers: Record<string, string> = {}): string[] =>
    judge(row, { code: 200, headers: { 'content-type': 'application/json', ...headers }, text });

  it('is content with what it asked for', () => {
    expect(verdict(body([item]))).toEqual([]);
  });

  it.each<[string, string, Record<string, string>]>([
    ['items that are null', body(null), {}],
    ['no items', body([]), {}],
    ['a number as value', body([{ ...item, value: 10.5 }]), {}],
    ['a fraction in the time', body([{ ...item, timestamp: '2026-01-02T03:04:05.1Z' }]), {}],
    ['a field that is not in the schema', body([{ ...item, extra: 1 }]), {}],
    ['labels that are no text', body([{ ...item, metricLabels: { a: 1 } }]), {}],
    ['what is no JSON', '<html>', {}],
    ['another Content-Type', body([item]), { 'content-type': 'text/html' }],
    ['Retry-After', body([item]), { 'retry-after': '1' }],
  ])('finds %s', (_what, text, headers) => {
    expect(verdict(text, headers)).toHaveLength(1);
  });
});
