import { InvalidError } from '../errors.ts';
import type { Matchers } from './matchers.ts';
import { Budget, TemplateRunError } from './template/budget.ts';
import { Execution } from './template/execute.ts';
import { MAIN, type Pipe, type Template } from './template/nodes.ts';
import { readTemplate } from './template/parser.ts';
import { checkNames } from './template/names.ts';
import { type Value, text } from './template/values.ts';

export type { Template } from './template/nodes.ts';

/**
 * Reads a metricsQuery. Beyond what Go refuses, a field that the data does not have and a template that is not defined are
 * refused here, when the file is loaded, not when an HPA asks.
 *
 * @throws InvalidError with the place in the template
 */
export function parseTemplate(template: string): Template {
  const parsed = readTemplate(template);
  checkNames(parsed);
  return parsed;
}

/** What a read puts into the template. groupBy: the labels of a custom or resource read; none for an external one. */
export type TemplateInput = { series: string; groupBy: readonly string[] } & Matchers;

/** What comes of a template: the PromQL, or a sentence with the place in the template. */
export type Rendering = { type: 'text'; text: string } | { type: 'failed'; message: string };

/**
 * Runs a template as Go's text/template does: no eval, a bound on steps and text. The data is prometheus-adapter's: .Series,
 * .LabelMatchers, .LabelValuesByName, .GroupBy and .GroupBySlice.
 */
export function executeTemplate(template: Template, input: TemplateInput): Rendering {
  const budget = new Budget();
  let query = '';
  let afterNothing = false;
  const print = (printed: string, from: Pipe | null): void => {
    // Without this `{<<.LabelMatchers>>,x="y"}` with nothing to match would be `{,x="y"}`, which is not PromQL.
    query += budget.make(afterNothing ? printed.replace(/^\s*,/, '') : printed);
    afterNothing = printed === '' && (afterNothing || (from !== null && isMatchers(from)));
  };
  try {
    new Execution(template, { budget, print }).run(template.templates.get(MAIN) ?? [], dataOf(input));
    return { type: 'text', text: query };
  } catch (error) {
    if (error instanceof InvalidError || error instanceof TemplateRunError)
      return { type: 'failed', message: error.message };
    throw error;
  }
}

/** The PromQL of one read. @throws InvalidError where the template fails on this input */
export function renderTemplate(template: Template, input: TemplateInput): string {
  const rendering = executeTemplate(template, input);
  if (rendering.type === 'text') return rendering.text;
  throw new InvalidError(rendering.message);
}

function isMatchers({ commands: [command, more] }: Pipe): boolean {
  const [operand, argument] = command ?? [];
  return (
    more === undefined &&
    argument === undefined &&
    operand?.type === 'field' &&
    operand.names.join('.') === 'LabelMatchers'
  );
}

/** In the order of prometheus-adapter's struct, which `<<.>>` prints. */
function dataOf({ series, matchers, valuesByName, groupBy }: TemplateInput): Value {
  const fields: [string, Value][] = [
    ['Series', text(series)],
    ['LabelMatchers', text(matchers)],
    ['LabelValuesByName', { type: 'map[string]string', entries: valuesByName }],
    ['GroupBy', text(groupBy.join(','))],
    ['GroupBySlice', { type: '[]string', items: groupBy }],
  ];
  return { type: 'struct', fields: new Map(fields) };
}
