import { Agent } from 'node:https';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Matcher } from '../../src/domain/promql/ast.ts';
import { mapSelectors } from '../../src/domain/promql/map-selectors.ts';
import { parsePromql } from '../../src/domain/promql/parse.ts';
import { oneRow } from '../app/a-source.ts';
import { type AnApi, anApi } from './an-api.ts';
import { get } from './get.ts';
import { aCa, aServer } from './pki.ts';

const GROUP = '/apis/external.metrics.k8s.io/v1beta1';
const agent = new Agent({ keepAlive: true });
let api: AnApi;
beforeAll(async () => {
  const pair = await aServer(await aCa());
  api = await anApi({ certificate: { read: () => Promise.resolve(pair) } });
  api.source.answers(() => Promise.resolve(oneRow(1)));
});
afterAll(async () => {
  agent.destroy();
  await api.close();
});

/** Pieces that mean something to a URL, a selector, a template, PromQL or a regular expression. */
const PIECES = [
  '"',
  '\\',
  '{',
  '}',
  '[5m]',
  '|',
  '.*',
  ',',
  '=',
  '!=',
  '=~',
  ' in (',
  ')',
  '<<.Series>>',
  '%00',
  '%ZZ',
  '%2F',
  '..',
  '\n',
  'a',
  'tidecasterkey0x',
];
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((all) => all.join('')),
);
/** As a browser writes it, or raw as far as it can go over the wire. */
const wire = (of: string): fc.Arbitrary<string> =>
  fc.constantFrom(encodeURIComponent(of.toWellFormed()), of.replaceAll(/[^\x21-\x7e]|[?#]/g, ''));

/** The matchers of all selectors of a query. @throws InvalidError where it is no PromQL */
function matchersOf(promql: string): Matcher[][] {
  const found: Matcher[][] = [];
  mapSelectors(parsePromql(promql), (selector) => {
    found.push([...selector.matchers]);
    return selector;
  });
  return found;
}

let asked = 0;

it('whatever a path, a selector or a header says, it is an answer below 500, and no query but of the namespace that was named', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('shop', 'a-b').chain((namespace) => fc.tuple(fc.constant(namespace), text.chain(wire))),
      fc.oneof(fc.constant('concurrent_viewers'), text.chain(wire)),
      text.chain(wire),
      fc.constantFrom('application/json', '*/*', 'text/html;q=0', ';;;'),
      async ([namespace, tail], metric, selector, accept) => {
        api.source.queries.splice(0);
        const path = `${GROUP}/namespaces/${namespace}/${metric}${tail.length % 3 === 0 ? `/${tail}` : ''}?labelSelector=${selector}`;
        const { code } = await get({ port: api.port, path, agent, headers: { accept } });
        // k>1 and k<1 are selectors that PromQL cannot say, an error of 500 as prometheus-adapter's.
        if (!/[<>]|%3[CE]/i.test(selector)) expect(code).toBeLessThan(500);
        asked += api.source.queries.length;
        for (const promql of api.source.queries) {
          for (const matchers of matchersOf(promql)) {
            const own = matchers.filter(({ label }) => label === 'namespace');
            expect(own.some(({ op, value }) => op === '=' && value === namespace)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 400 },
  );
  expect(asked).toBeGreaterThan(0);
});
