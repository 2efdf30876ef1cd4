import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parseTemplate } from '../../src/domain/rules/template.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { type AnApi, anApi } from './an-api.ts';
import { get } from './get.ts';
import { aCa, aServer } from './pki.ts';

const ROOT = '/apis/external.metrics.k8s.io/v1beta1/namespaces';

/** Rows of a query that they share: test/app/batched-values.test.ts. */
describe('two tenants of one rule', () => {
  let api: AnApi;
  beforeAll(async () => {
    const pair = await aServer(await aCa());
    const rules = [
      aRule({ seriesQuery: 'sum_of', metricsQuery: parseTemplate('sum(<<.Series>>{<<.LabelMatchers>>})') }),
      aRule({ seriesQuery: 'for_red', allowedNamespaces: ['red'] }),
    ];
    api = await anApi({ certificate: { read: () => Promise.resolve(pair) }, rules });
  });
  beforeEach(() => {
    api.source.queries.splice(0);
  });
  afterAll(() => api.close());

  const read = (path: string): ReturnType<typeof get> => get({ port: api.port, path: `${ROOT}/${path}` });

  it.each(['namespace=blue', 'namespace in (blue,red)', 'namespace', 'namespace!=red', '!namespace'])(
    'ask for their own namespace as well, whatever they select: %s',
    async (selector) => {
      await read(`red/sum_of?labelSelector=${encodeURIComponent(selector)}`);
      expect(api.source.queries).toHaveLength(1);
      expect(api.source.queries[0]).toContain('namespace="red"');
    },
  );

  it.each(['*', '%2A', 'red|blue', 'red%7Cblue', '.%2A', 'red%22%2Cnamespace%3D~%22.%2A', 'RED'])(
    'cannot name more than one namespace, or a pattern: %s is a 400',
    async (namespace) => {
      expect((await read(`${namespace}/sum_of`)).code).toBe(400);
      expect(api.source.queries).toEqual([]);
    },
  );

  it('are kept from a rule that does not allow their namespace, before anything is asked', async () => {
    expect((await read('blue/for_red')).code).toBe(403);
    expect(api.source.queries).toEqual([]);
  });
});
