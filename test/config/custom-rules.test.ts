import { describe, expect, it } from '@jest/globals';
import { parseRules } from '../../src/config/rules.ts';
import { problemText } from '../../src/domain/errors.ts';

const RULE = "seriesQuery: x, resources: {template: '<<.Resource>>'}, metricsQuery: y";

describe('entries of `rules`', () => {
  it('name a backend and what is done for no number, as those of externalRules do', () => {
    const text = `rules: [{${RULE}, tidecaster: {backend: eu, values: {nan: error}}}]
tidecaster: {backends: [{name: eu, url: 'http://eu:9090'}]}`;
    const { customRules, problems } = parseRules('rules.yaml', text);
    expect(problems).toEqual([]);
    expect(customRules).toMatchObject([{ backend: { name: 'eu' }, values: { nan: { type: 'error' } } }]);
  });

  it.each([
    ['none', 'drop'],
    ['prometheus-adapter', 'zero'],
  ] as const)('in compatibility mode %s take NaN to mean: %s', (compatibility, type) => {
    const { customRules } = parseRules('rules.yaml', `rules: [{${RULE}}]`, compatibility);
    expect(customRules[0]?.values.nan).toEqual({ type });
  });

  it.each([
    [`{${RULE}, tidecaster: {backend: us}}`, 'rules[0].tidecaster.backend: is "us", expected one of default'],
    [`{${RULE}, tidecaster: {values: {empty: zero}}}`, 'rules[0].tidecaster.values: zero stands for a row'],
    ['{seriesQuery: x, metricsQuery: y}', 'rules[0].resources: no label is named that holds an object'],
  ])('%s is refused with its place', (rule, message) => {
    const { customRules, problems } = parseRules('rules.yaml', `rules: [${rule}]`);
    expect(problems.map(problemText)).toEqual([expect.stringContaining(message)]);
    expect(customRules).toEqual([]);
  });

  it('may be left without a value, as Go reads an empty list', () => {
    expect(parseRules('rules.yaml', 'rules:\nresourceRules:\nexternalRules: []')).toMatchObject({
      customRules: [],
      resourceRules: null,
      problems: [],
    });
  });
});

describe('resourceRules', () => {
  const ONE = `{containerQuery: c, nodeQuery: n, resources: {template: <<.Resource>>}, containerLabel: container}`;

  it("are prometheus-adapter's", () => {
    const { resourceRules, problems } = parseRules(
      'r.yaml',
      `resourceRules: {cpu: ${ONE}, memory: ${ONE}, window: 5m}`,
    );
    expect(problems).toEqual([]);
    expect(resourceRules).toMatchObject({ windowSeconds: 300, cpu: { containerLabel: 'container' } });
  });

  it.each([
    ['', null],
    [', tidecaster: {backend: default}', null],
    [', tidecaster: {backend: kubelets}', expect.objectContaining({ url: 'https://x' })],
  ])('ask the backend that they name (%s)', (named, backend) => {
    const backends = `tidecaster: {backends: [{name: kubelets, url: 'https://x'}]}`;
    const text = `resourceRules: {cpu: ${ONE}, memory: ${ONE}${named}}\n${backends}`;
    expect(parseRules('r.yaml', text)).toMatchObject({ resourceRules: { backend }, problems: [] });
  });

  it('are refused where they name a backend that is not there', () => {
    const text = `resourceRules: {cpu: ${ONE}, memory: ${ONE}, tidecaster: {backend: nobody}}`;
    const { resourceRules, problems } = parseRules('r.yaml', text);
    expect(resourceRules).toBeNull();
    expect(problems.map(problemText)).toEqual([
      expect.stringMatching(/resourceRules\.tidecaster\.backend: is "nobody", expected one of default$/),
    ]);
  });

  it('are refused where one of the two is missing', () => {
    const { problems } = parseRules('r.yaml', `resourceRules: {cpu: ${ONE}}`);
    expect(problems.map(problemText)).toEqual(['r.yaml:1:1 resourceRules.memory: is missing, expected object']);
  });
});
