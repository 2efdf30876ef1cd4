import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { InvalidError } from '../../../src/domain/errors.ts';
import { type TemplateInput, executeTemplate, parseTemplate } from '../../../src/domain/rules/template.ts';

type Golden = {
  inputs: { series: string; matchers: string; valuesByName: Record<string, string>; groupBy: string[] }[];
  cases: { template: string; input: number; output: string; fails?: 'parse' | 'run' }[];
};

/** What Go's own text/template makes of each, made by test/golden/templates.go. */
const golden = JSON.parse(readFileSync('test/golden/templates.json', 'utf8')) as Golden;
const inputs = golden.inputs.map((input): TemplateInput => ({
  ...input,
  valuesByName: new Map(Object.entries(input.valuesByName)),
}));

/** Ours, in the golden file's words. */
function ours(template: string, input: number): { output: string; fails?: string } {
  let parsed;
  try {
    parsed = parseTemplate(template);
  } catch (error) {
    if (error instanceof InvalidError) return { output: '', fails: 'parse' };
    throw error;
  }
  const rendering = executeTemplate(parsed, inputs[input]!);
  return rendering.type === 'text' ? { output: rendering.text } : { output: '', fails: 'run' };
}

describe("a template is what Go's text/template makes of it", () => {
  it('in at least 150 cases, of which some fail at each of the two places', () => {
    const fails = golden.cases.map((one) => one.fails);
    expect(golden.cases.length).toBeGreaterThan(1300);
    expect(fails.filter((fail) => fail === 'parse').length).toBeGreaterThan(50);
    expect(fails.filter((fail) => fail === 'run').length).toBeGreaterThan(50);
  });

  it('in every case', () => {
    const different = golden.cases.flatMap(({ template, input, output, fails }) => {
      const result = ours(template, input);
      // What can only fail, such as a field that is not there, is refused as early as the file is loaded.
      const early = fails === 'run' && result.fails === 'parse';
      return early || (result.output === output && result.fails === fails)
        ? []
        : [{ template, input, go: fails ?? output, ours: result.fails ?? result.output }];
    });
    expect(different).toEqual([]);
  });
});
