import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { remoteExplanation, remoteReads } from '../../src/adapters/remote-metrics.ts';
import { createMetricExplainer } from '../../src/app/explain-metric.ts';
import { createMetricRegistry } from '../../src/app/metric-registry.ts';
import type { Want } from '../../src/app/want.ts';
import { questionsNow } from '../../src/app/questions-now.ts';
import { InvalidError, UnavailableError } from '../../src/domain/errors.ts';
import type { AskedMetric } from '../../src/domain/rules/explained-metric.ts';
import { parseSelector } from '../../src/domain/rules/selector.ts';
import { parseTemplate } from '../../src/domain/rules/template.ts';
import { silentLog } from '../../src/ports/log.ts';
import { metricRoute } from '../../src/server/page/metric-route.ts';
import { aCustomRule } from '../domain/rules/a-custom-rule.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { aSource, oneRow } from './a-source.ts';
import { podsRead, viewersOf } from './pods-read.ts';
import { someValues } from './some-values.ts';

const asked = (about: Partial<AskedMetric> = {}): AskedMetric => ({
  namespace: 'shop',
  metric: 'm',
  selector: '',
  object: '*',
  metricSelector: '',
  ...about,
});

function setup() {
  const source = aSource();
  const clock = new TurnedClock();
  const registry = createMetricRegistry({ source, clock, log: silentLog, relistIntervalSeconds: 60 });
  registry.replace([
    aRule({ seriesQuery: 'm', metricsQuery: parseTemplate('sum(<<.Series>>{<<.LabelMatchers>>})') }),
    aRule({ seriesQuery: 'one', metricsQuery: parseTemplate('scalar(<<.Series>>{<<.LabelMatchers>>})') }),
  ]);
  const look = {
    registry,
    customRegistry: { look: () => ({ type: 'unknown' as const }) },
    objects: { inMemory: () => null },
  };
  const values = someValues({ source, clock, registry });
  const questionOf = questionsNow(look);
  return { source, clock, values, questionOf, explainer: createMetricExplainer({ values, questionOf }) };
}

describe('a metric is explained', () => {
  it('with its rule, its query, how that is asked, what is in memory and for whom; and nobody is asked for it', async () => {
    const { source, clock, values, questionOf, explainer } = setup();
    const found = {
      rule: 'rules.yaml:2:3 externalRules[0]',
      backend: 'default',
      query: 'sum(m{namespace="shop"})',
      batch: { type: 'together', query: 'sum by (namespace) (m{namespace="shop"})' },
      rows: null,
      items: [],
      ageSeconds: null,
      error: null,
      wantedBy: 'nobody',
      reads: [],
      why: null,
    };
    expect(explainer.explain(asked())).toEqual(found);
    expect(source.queries).toEqual([]);

    source.answers(() => Promise.resolve(oneRow(12.5)));
    const want = { type: 'external', namespace: 'shop', metric: 'm', requirements: [] } as const;
    await values.rows({ want, question: questionOf(want) });
    await clock.turn(3000);
    expect(explainer.explain(asked())).toEqual({
      ...found,
      rows: 1,
      items: [{ of: '{}', value: '12500m', timestamp: '2026-01-01T00:00:00Z' }],
      ageSeconds: 3,
      wantedBy: 'reads',
    });

    source.answers(() => Promise.reject(new UnavailableError('connection refused')));
    values.refresh();
    await clock.turn(6000);
    expect(explainer.explain(asked())).toMatchObject({ rows: 1, error: 'connection refused' });
  });

  it('as asked alone, with the reason', () => {
    const { batch } = setup().explainer.explain(asked({ metric: 'one' }));
    expect(batch).toEqual({ type: 'alone', why: expect.stringContaining('scalar') });
  });

  it('also where no rule gives it: that is the answer', () => {
    const { explainer } = setup();
    const none = { rule: null, query: null, rows: null, wantedBy: 'nobody' };
    expect(explainer.explain(asked({ metric: 'nothing' }))).toMatchObject({
      ...none,
      why: 'no rule answers the external metric nothing; with --neighbour the neighbour is asked',
    });
    expect(explainer.explain(asked({ metric: 'pods/nothing' }))).toMatchObject(none);
  });
});

describe('a metric of pods is explained', () => {
  const hpas = [
    { type: 'custom', namespace: 'shop', resource: 'pods', object: '*', metric: 'viewers', metricLabelSelector: '' },
  ] as const;
  const pods = (about: Partial<AskedMetric> = {}): AskedMetric => asked({ metric: 'pods/viewers', ...about });

  async function setup() {
    const { values, read, clock, questionOf, source } = await podsRead([aCustomRule({ seriesQuery: 'viewers' })]);
    source.answers(() => Promise.resolve(viewersOf({ 'a-1': 5, 'b-1': 5 })));
    return { values, read, clock, explainer: createMetricExplainer({ values, questionOf }) };
  }

  it('as wanted by the HPA that names it, before anybody read it', async () => {
    const { values, explainer } = await setup();
    expect(explainer.explain(pods())).toMatchObject({ wantedBy: 'nobody', why: null });
    values.hpasName(hpas);
    expect(explainer.explain(pods())).toMatchObject({ wantedBy: 'hpa', why: null, reads: [] });
  });

  it('without a selector by those that it was read by, the latest first', async () => {
    const { values, read, clock, explainer } = await setup();
    values.hpasName(hpas);
    await read('app=a');
    await clock.turn(2000);
    await read('app=b');
    expect(explainer.explain(pods())).toMatchObject({
      wantedBy: 'hpa',
      rows: null,
      reads: [
        { selector: 'app=b', rows: 1, ageSeconds: expect.any(Number), error: null },
        { selector: 'app=a', rows: 1, query: 'sum(viewers{namespace="shop",pod=~"a-1|a-2"}) by (pod)' },
      ],
    });
  });

  it('by the selector that it was read by as the HPA that names it wants it, with the rows of its pods alone', async () => {
    const { values, read, explainer } = await setup();
    await read('app=a');
    expect(explainer.explain(pods({ selector: 'app=a' }))).toMatchObject({ wantedBy: 'reads' });
    values.hpasName(hpas);
    expect(explainer.explain(pods({ selector: 'app=a' }))).toMatchObject({
      wantedBy: 'hpa',
      rows: 1,
      items: [{ of: '{namespace="shop", pod="a-1"}' }],
      reads: [],
    });
  });

  it('by a selector that nobody reads by as wanted by nobody, with those that are', async () => {
    const { values, read, explainer } = await setup();
    values.hpasName(hpas);
    await read('app=a');
    expect(explainer.explain(pods({ selector: 'app=typo' }))).toMatchObject({
      wantedBy: 'nobody',
      rows: null,
      reads: [{ selector: 'app=a', rows: 1 }],
    });
    expect(explainer.explain(pods({ namespace: 'other' }))).toMatchObject({ wantedBy: 'nobody', reads: [] });
  });

  it('by its name as wanted by the HPA that names it', async () => {
    const { values, explainer } = await setup();
    values.hpasName([{ ...hpas[0], object: 'a-1' }]);
    expect(explainer.explain(pods({ object: 'a-1' }))).toMatchObject({ wantedBy: 'hpa', rows: null });
    expect(explainer.explain(pods())).toMatchObject({ wantedBy: 'nobody' });
  });
});

describe('over HTTP', () => {
  const open: { close(): void }[] = [];
  afterEach(() => open.splice(0).forEach((server) => server.close()));

  async function served(address: string, explainer = setup().explainer): Promise<string> {
    const app = express();
    if (address !== '127.0.0.1') {
      app.use((request, _response, next) => {
        Object.defineProperty(request.socket, 'remoteAddress', { value: address });
        next();
      });
    }
    const server = createServer(app.use(metricRoute(explainer)));
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('the server tells what is read of it, as paths name it, but for pods of whom no read came yet', async () => {
    const app = setup();
    const question = app.questionOf({ type: 'external', namespace: 'shop', metric: 'm', requirements: [] });
    const own = { type: 'custom', namespace: 'shop', resource: 'pods', metric: 'hits' } as const;
    const reads: Want[] = [
      { type: 'external', namespace: 'shop', metric: 'm', requirements: parseSelector('b=c,a in (y,x)') },
      { ...own, object: '*', labelSelector: 'app=web', requirements: parseSelector('k=v') },
      { ...own, object: '*', labelSelector: null, requirements: [] },
      { ...own, object: 'web-1', labelSelector: null, requirements: [] },
    ];
    for (const want of reads) app.values.inMemory({ want, question });
    const told = await remoteReads(await served('127.0.0.1', app.explainer));
    expect(told).toEqual([
      { type: 'external', namespace: 'shop', metric: 'm', selector: 'a in (x,y),b=c' },
      { ...own, object: '*', labelSelector: 'app=web', metricLabelSelector: 'k=v' },
      { ...own, object: 'web-1', labelSelector: '', metricLabelSelector: '' },
    ]);
    await expect(remoteReads(await served('10.0.0.7'))).rejects.toThrow(/to this host alone/);
    await expect(remoteReads('http://127.0.0.1:1')).rejects.toThrow(/expected a running server's page/);
  });

  it('the server tells what it knows, and a bad selector is our error', async () => {
    const url = await served('127.0.0.1');
    expect(await remoteExplanation(url, asked())).toMatchObject({ query: 'sum(m{namespace="shop"})' });
    await expect(remoteExplanation(url, asked({ selector: 'a b' }))).rejects.toThrow(InvalidError);
  });

  it('it tells nobody on another host, as it cannot know who asks', async () => {
    const url = await served('10.0.0.7');
    await expect(remoteExplanation(url, asked())).rejects.toThrow(/to this host alone/);
  });

  const statusFor = (url: string, host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const path = `${url}/api/v1/metrics/explain?namespace=shop&metric=m`;
      get(path, { headers: { host } }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    });

  it.each(['127.0.0.1:8080', '127.3.2.1:8080', '127.0.0.1', '[::1]:1', 'localhost', 'LOCALHOST:80'])(
    'to this host as %s',
    async (host) => {
      expect(await statusFor(await served('127.0.0.1'), host)).toBe(200);
    },
  );

  it.each([
    'evil.example',
    '127.0.0.1.evil.example:8080',
    'localhost.evil.example',
    '127.evil.example',
    '10.0.0.7',
    'localhost:8080@evil.example',
  ])('not to a web page that made its name %j this host', async (host) => {
    expect(await statusFor(await served('127.0.0.1'), host)).toBe(403);
  });

  it('what is no server, or another one, is an error that says so', async () => {
    await expect(remoteExplanation('http://127.0.0.1:1', asked())).rejects.toThrow(/expected a running server's page/);
  });
});
