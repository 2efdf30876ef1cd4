import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { remoteExplanation } from '../../src/adapters/remote-metrics.ts';
import { createMetricExplainer } from '../../src/app/explain-metric.ts';
import { createMetricRegistry } from '../../src/app/metric-registry.ts';
import { questionsNow } from '../../src/app/questions-now.ts';
import { InvalidError, UnavailableError } from '../../src/domain/errors.ts';
import type { AskedMetric } from '../../src/domain/rules/explained-metric.ts';
import { parseTemplate } from '../../src/domain/rules/template.ts';
import { silentLog } from '../../src/ports/log.ts';
import { metricRoute } from '../../src/server/page/metric-route.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { aSource, oneRow } from './a-source.ts';
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
      why: expect.stringContaining('could not find the metric nothing'),
    });
    expect(explainer.explain(asked({ metric: 'pods/nothing' }))).toMatchObject(none);
  });
});

describe('over HTTP', () => {
  const open: { close(): void }[] = [];
  afterEach(() => open.splice(0).forEach((server) => server.close()));

  async function served(address: string): Promise<string> {
    const app = express();
    if (address !== '127.0.0.1') {
      app.use((request, _response, next) => {
        Object.defineProperty(request.socket, 'remoteAddress', { value: address });
        next();
      });
    }
    const server = createServer(app.use(metricRoute(setup().explainer)));
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('the server tells what it knows, and a bad selector is our error', async () => {
    const url = await served('127.0.0.1');
    expect(await remoteExplanation(url, asked())).toMatchObject({ query: 'sum(m{namespace="shop"})' });
    await expect(remoteExplanation(url, asked({ selector: 'a b' }))).rejects.toThrow(InvalidError);
  });

  it('it tells nobody on another host, as it cannot know who asks', async () => {
    const url = await served('10.0.0.7');
    await expect(remoteExplanation(url, asked())).rejects.toThrow(/to this host alone/);
  });

  it('what is no server, or another one, is an error that says so', async () => {
    await expect(remoteExplanation('http://127.0.0.1:1', asked())).rejects.toThrow(/expected a running server's page/);
  });
});
