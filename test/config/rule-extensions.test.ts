import { describe, expect, it } from '@jest/globals';
import { parseRules } from '../../src/config/rules.ts';
import { problemText } from '../../src/domain/errors.ts';
import { DEFAULT_VALUES, PROMETHEUS_ADAPTER_VALUES } from '../../src/domain/rules/value-policy.ts';

const RULE = 'seriesQuery: up, resources: {namespaced: false}, metricsQuery: up';
const file = (tidecaster: string, rule = ''): string =>
  `externalRules:\n- {${RULE}${rule}}\ntidecaster:\n${tidecaster}`;
const problems = (text: string): string[] => parseRules('rules.yaml', text).problems.map(problemText);

describe('what a rules file may say beyond prometheus-adapter', () => {
  it('is backends, which rules name, plain queries, and values for what is no number', () => {
    const text = `externalRules:
- {${RULE}}
- {${RULE}, tidecaster: {backend: long-term, values: {nan: zero, negative: keep, empty: {lastGood: 5m}}}}
tidecaster:
  backends:
  - name: long-term
    url: https://mimir.example/prometheus
    tenant: video
    headers: {X-Cluster: eu}
    caFile: /ca.pem
    certFile: /tls.crt
    keyFile: /tls.key
    bearerTokenFile: /token
  queries:
  - name: queue_depth
    query: sum(jobs{<<.LabelMatchers>>})
    namespaceLabel: ns
    backend: long-term
    values: {unavailable: {lastGood: 1h}}
  - {name: everywhere, query: '1', namespaceLabel: null, allowedNamespaces: [a, b]}
`;
    const { rules, problems: found } = parseRules('rules.yaml', text);
    expect(found).toEqual([]);
    const backend = {
      name: 'long-term',
      url: 'https://mimir.example/prometheus',
      tenant: 'video',
      headers: { 'X-Cluster': 'eu' },
      caFile: '/ca.pem',
      clientCertificate: { certFile: '/tls.crt', keyFile: '/tls.key' },
      bearerTokenFile: '/token',
    };
    const lastGood = (withinSeconds: number): object => ({ type: 'lastGood', withinSeconds });
    expect(rules).toMatchObject([
      { backend: null, values: DEFAULT_VALUES, allowedNamespaces: null },
      {
        backend,
        values: { ...DEFAULT_VALUES, nan: { type: 'zero' }, negative: { type: 'keep' }, empty: lastGood(300) },
      },
      {
        pinnedSeries: 'queue_depth',
        namespaceLabel: 'ns',
        backend,
        values: { ...DEFAULT_VALUES, unavailable: lastGood(3600) },
        place: { line: 15, path: 'tidecaster.queries[0]' },
      },
      {
        pinnedSeries: 'everywhere',
        namespaceLabel: null,
        allowedNamespaces: ['a', 'b'],
        backend: null,
        values: DEFAULT_VALUES,
      },
    ]);
  });

  it('may leave rules to their defaults, which are those of prometheus-adapter where that is asked', () => {
    const [first, second] = parseRules(
      'r',
      file('  {}', '}\n- {' + RULE + ', tidecaster: {values: {nan: error}}'),
      'prometheus-adapter',
    ).rules;
    expect(first?.values).toEqual(PROMETHEUS_ADAPTER_VALUES);
    expect(second?.values).toEqual({ ...PROMETHEUS_ADAPTER_VALUES, nan: { type: 'error' } });
  });

  const backend = (about: string): string => file(`  backends: [{name: a, url: 'https://x', ${about}}]`);
  it.each([
    [file('  nope: 1'), /^rules.yaml:4:3 tidecaster.nope: unknown key "nope"$/],
    [
      file('  {}', ', tidecaster: {backend: far}'),
      /^rules.yaml:2:\d+ externalRules\[0\].tidecaster.backend: is "far", expected one of default$/,
    ],
    [
      file('  {}', ', tidecaster: {allowedNamespaces: [A]}'),
      /allowedNamespaces\[0\]: is "A": expected the name of a namespace$/,
    ],
    [
      file('  {}', ', tidecaster: {values: {nan: one}}'),
      /values.nan: is "one": expected error, drop, zero or \{lastGood: 5m\}$/,
    ],
    [
      file('  {}', ', tidecaster: {values: {nan: {lastGood: soon}}}'),
      /values.nan: is .*: expected error, drop, zero or/,
    ],
    [file('  {}', ', tidecaster: {values: {unavailable: drop}}'), /unavailable: is "drop": expected error, zero or/],
    [
      file('  {}', ', tidecaster: {values: {negative: one}}'),
      /values.negative: is "one": expected error, drop, zero, \{lastGood: 5m\} or keep$/,
    ],
    [
      file('  {}', ', tidecaster: {values: {nan: keep}}'),
      /values.nan: is "keep": expected error, drop, zero or \{lastGood: 5m\}$/,
    ],
    [
      file('  queries: [{name: a b, query: x, namespaceLabel: null}]'),
      /queries\[0\].name: .*expected the name of a metric/,
    ],
    [file('  queries: [{name: a, query: x}]'), /queries\[0\].namespaceLabel: is missing/],
    [
      file("  queries: [{name: a, query: 'x<<', namespaceLabel: null}]"),
      /query: at 1:2 of the template: << has no closing >>$/,
    ],
    [backend('tenant: "a\\nb"'), /tenant: .*expected visible ASCII/],
    [backend('headers: {"a b": x}'), /"a b" is not the name of a header/],
    [backend('headers: {X-A: "secret\\n"}'), /the value of the header X-A is not visible ASCII$/],
    [backend('headers: {X-Scope-OrgID: x}'), /the header X-Scope-OrgID is set by the program, from tenant/],
    [
      backend('headers: {Authorization: x}, bearerTokenFile: /t'),
      /bearerTokenFile and the header Authorization exclude/,
    ],
    [backend('certFile: /c'), /certFile and keyFile go together/],
    [
      file("  backends: [{name: default, url: 'https://x'}]"),
      /name: .*is the name of the Prometheus of --prometheus-url/,
    ],
    [file("  backends: [{name: a, url: 'ftp://x'}]"), /url: is "ftp:\/\/x": expected a URL such as/],
    [file("  backends: [{name: a, url: 'http://x', caFile: /ca}]"), /are for https, but the url is http:\/\/x/],
    [file("  backends: [{name: a, url: 'https://x?token=1'}]"), /the url has a query or a fragment/],
    [
      file("  backends: [{name: a, url: 'https://x'}, {name: a, url: 'https://y'}]"),
      /backends\[1\].name: "a" is the name of another backend too/,
    ],
  ])('%j is refused', (text, message) => {
    expect(problems(text)).toEqual([expect.stringMatching(message)]);
  });

  it('may have keys without a value, as Go reads them', () => {
    expect(parseRules('rules.yaml', 'externalRules:\nrules:\nresourceRules:\n')).toMatchObject({
      rules: [],
      problems: [],
    });
  });

  it('refuses each faulty entry alone, with its path, also one whose fault is between entries', () => {
    const text = `externalRules:
- {${RULE}, tidecaster: {backend: nowhere}}
- {${RULE}, nope: 1}
- {${RULE}}
rules:
- {seriesQuery: x}
tidecaster:
  queries:
  - {name: a, query: '1'}
  - {name: b, query: '1', namespaceLabel: null}
`;
    const { rules, customRules, refused, problems: found } = parseRules('rules.yaml', text);
    expect(rules.map(({ place }) => place.path)).toEqual(['externalRules[2]', 'tidecaster.queries[1]']);
    expect(customRules).toEqual([]);
    expect(refused?.toSorted()).toEqual(['externalRules[0]', 'externalRules[1]', 'rules[0]', 'tidecaster.queries[0]']);
    expect(found.map(({ place }) => place.line)).toEqual([2, 3, 6, 6, 9]);
  });

  it('is refused whole for a key that is spelled like the path of an entry', () => {
    expect(parseRules('rules.yaml', `"externalRules[0]": 1\nexternalRules:\n- {${RULE}}\n`)).toMatchObject({
      rules: [],
    });
  });

  it('is refused whole for a fault that belongs to no entry', () => {
    const read = parseRules('rules.yaml', file('  nope: 1', ', nope: 1'));
    expect(read.rules).toEqual([]);
    expect(read.refused).toBeUndefined();
    expect(read.problems).toHaveLength(2);
  });
});
