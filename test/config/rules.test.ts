import { describe, expect, it } from '@jest/globals';
import { problemText } from '../../src/domain/errors.ts';
import { parseRules } from '../../src/config/rules.ts';

const problems = (text: string): string[] => parseRules('rules.yaml', text).problems.map(problemText);

describe('a rules file', () => {
  it("is prometheus-adapter's own schema", () => {
    const { rules, customRules, problems } = parseRules(
      'rules.yaml',
      `externalRules:
- seriesQuery: '{__name__=~"^queue_.*",namespace!=""}'
  seriesFilters: [{isNot: _created$}, {is: ^queue}]
  resources: {template: <<.Resource>>, overrides: {ns: {group: "", resource: namespace}}}
  name: {matches: '^(.*)_total$', as: '\${1}_rate'}
  metricsQuery: sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)
- seriesQuery: up
  resources: {namespaced: false}
  metricsQuery: up
rules:
- seriesQuery: '{pod!=""}'
  resources: {template: <<.Resource>>, overrides: {ns: {resource: namespace}}}
  metricsQuery: x
`,
    );
    expect(problems).toEqual([]);
    expect(rules).toMatchObject([
      { pinnedSeries: null, namespaceLabel: 'ns', place: { line: 2, column: 3, path: 'externalRules[0]' } },
      { pinnedSeries: 'up', namespaceLabel: null, place: { line: 7, column: 3, path: 'externalRules[1]' } },
    ]);
    expect(customRules).toMatchObject([
      {
        labels: { overrides: [{ label: 'ns', group: '', resource: 'namespace' }] },
        place: { line: 11, column: 3, path: 'rules[0]' },
      },
    ]);
  });

  it('tells every fault at once, each with its place', () => {
    const text = `externalRules:
- seriesQuery: 'viewers{'
  nope: 1
  resources: {namespaced: "yes"}
- seriesQuery: viewers
  seriesFilters: [{is: 'a('}, {is: a, isNot: b}, {}]
  name: {matches: '(.*)_total', as: $1_x}
  metricsQuery: <<range .X>>
rules: [{seriesQuery: x}]
extra: 1
`;
    expect(problems(text)).toEqual([
      expect.stringMatching(/^rules.yaml:2:3 externalRules\[0\].seriesQuery: "viewers\{" is not a series selector/),
      'rules.yaml:2:3 externalRules[0].metricsQuery: is missing, expected string',
      'rules.yaml:3:3 externalRules[0].nope: unknown key "nope"',
      'rules.yaml:4:15 externalRules[0].resources.namespaced: is "yes", expected boolean',
      expect.stringMatching(/^rules.yaml:5:3 externalRules\[1\].resources: namespaced is true/),
      expect.stringMatching(
        /^rules.yaml:6:19 externalRules\[1\].seriesFilters\[0\]: "a\(" is not a regular expression/,
      ),
      'rules.yaml:6:31 externalRules[1].seriesFilters[1]: a filter takes exactly one of "is" and "isNot"',
      'rules.yaml:6:50 externalRules[1].seriesFilters[2]: a filter takes exactly one of "is" and "isNot"',
      expect.stringMatching(/^rules.yaml:7:3 externalRules\[1\].name: "as" names the group "1_x".*write \$\{1\}_x$/),
      expect.stringMatching(/^rules.yaml:8:3 externalRules\[1\].metricsQuery: .*an <<end>> is missing/),
      'rules.yaml:9:9 rules[0].metricsQuery: is missing, expected string',
      expect.stringMatching(/^rules.yaml:9:9 rules\[0\].resources: no label is named that holds an object/),
      'rules.yaml:10:1 extra: unknown key "extra"',
    ]);
  });

  it.each([
    ['', /^rules.yaml:1:1: the file is empty/],
    ['externalRules: 3', /^rules.yaml:1:1 externalRules: is 3, expected array/],
    ['[]', /^rules.yaml:1:1: is \[\], expected object/],
    ['externalRules: [\n', /^rules.yaml:2:1: /],
    ['externalRules: []\nexternalRules: []', /^rules.yaml:2:1: Map keys must be unique/],
    ['externalRules: []\n---\nexternalRules: []', /^rules.yaml:[23]:\d+: a second document, expected one/],
    [
      'apiVersion: v1\nkind: ConfigMap\ndata: {config.yaml: "rules: []"}',
      /^rules.yaml:1:1: is a ConfigMap, expected the rules file that stands in its data: kubectl get configmap/,
    ],
    ['apiVersion: v1\nkind: Secret', /^rules.yaml:1:1: is an object of kind Secret, expected a rules file/],
    ['resourceRules: 1', /resourceRules: is 1, expected object/],
  ])('%j is refused whole', (text, message) => {
    expect(problems(text)).toEqual([expect.stringMatching(message)]);
    expect(parseRules('rules.yaml', text).rules).toEqual([]);
  });
});
