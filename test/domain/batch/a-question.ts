import { parseTemplate } from '../../../src/domain/rules/template.ts';
import type { AskedRule, Question } from '../../../src/domain/rules/question.ts';
import { parseSelector } from '../../../src/domain/rules/selector.ts';
import { DEFAULT_VALUES } from '../../../src/domain/rules/value-policy.ts';

export const aRule = (metricsQuery: string): AskedRule => ({
  place: { file: 'rules.yaml', line: 1, column: 1, path: '' },
  metricsQuery: parseTemplate(metricsQuery),
  backend: null,
  values: DEFAULT_VALUES,
});

/** What is read: of an external metric, or of pods by these names. */
export type Asked = { namespace?: string | null; selector?: string; pods?: readonly string[] };

export const aQuestion = (rule: AskedRule, { namespace = 'shop', selector = '', pods }: Asked = {}): Question => ({
  rule,
  series: 'm',
  requirements: parseSelector(selector),
  namespace: namespace === null ? null : { label: 'namespace', value: namespace },
  objects: pods ? { label: 'pod', names: pods } : null,
  groupBy: pods ? ['pod'] : [],
});
