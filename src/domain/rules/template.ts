import { InvalidError } from '../errors.ts';
import type { Matchers } from './matchers.ts';

/**
 * A rule's metricsQuery, cut at `<<` and `>>`. prometheus-adapter runs Go's text/template here; this reads the fields of it,
 * which is what rules in the wild use, and refuses the rest when the file is loaded, not when an HPA asks.
 */
export type Template = readonly Part[];

type Part = { type: 'text'; text: string } | { type: 'field'; field: Field } | { type: 'values'; label: string };

const FIELDS = ['Series', 'LabelMatchers', 'GroupBy', 'GroupBySlice', 'LabelValuesByName'] as const;
type Field = (typeof FIELDS)[number];

const KNOWN = `${FIELDS.map((field) => `.${field}`).join(', ')} or index .LabelValuesByName "label"`;

/** @throws InvalidError for an unclosed `<<` and for everything that is not one of the fields */
export function parseTemplate(text: string): Template {
  const parts: Part[] = [];
  let rest = text;
  for (;;) {
    const open = rest.indexOf('<<');
    if (open < 0) return [...parts, { type: 'text', text: rest }];
    const close = rest.indexOf('>>', open);
    if (close < 0) throw new InvalidError(`"${rest.slice(open)}" has no closing >>`);
    parts.push({ type: 'text', text: rest.slice(0, open) }, parseAction(rest.slice(open + 2, close)));
    rest = rest.slice(close + 2);
  }
}

function parseAction(action: string): Part {
  const inside = action.trim();
  const field = FIELDS.find((known) => inside === `.${known}`);
  if (field) return { type: 'field', field };
  const label = /^index\s+\.LabelValuesByName\s+(?:"([^"\\]*)"|`([^`]*)`)$/.exec(inside);
  if (label) return { type: 'values', label: label[1] ?? label[2] ?? '' };
  throw new InvalidError(`<<${action}>> is not understood, expected ${KNOWN}: full Go templates are not supported yet`);
}

/** What a read puts into the template. */
export type TemplateInput = { series: string } & Matchers;

/** The PromQL of one read. External metrics are grouped by nothing, so `by (<<.GroupBy>>)` becomes `by ()`. */
export function renderTemplate(template: Template, input: TemplateInput): string {
  let query = '';
  let afterNothing = false;
  for (const part of template) {
    const text = render(part, input);
    // Without this `{<<.LabelMatchers>>,x="y"}` with nothing to match would be `{,x="y"}`, which is not PromQL.
    query += afterNothing ? text.replace(/^\s*,/, '') : text;
    afterNothing = part.type === 'field' && part.field === 'LabelMatchers' && text === '';
  }
  return query;
}

function render(part: Part, input: TemplateInput): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'values':
      return input.valuesByName.get(part.label) ?? '';
    case 'field':
      break;
  }
  return FIELD_TEXT[part.field](input);
}

/** What Go's text/template prints for each field of an external read. */
const FIELD_TEXT: Readonly<Record<Field, (input: TemplateInput) => string>> = {
  Series: ({ series }) => series,
  LabelMatchers: ({ matchers }) => matchers,
  GroupBy: () => '',
  GroupBySlice: () => '[]',
  LabelValuesByName: ({ valuesByName }) => {
    const labels = [...valuesByName.keys()].toSorted((a, b) => (a < b ? -1 : 1));
    return `map[${labels.map((label) => `${label}:${valuesByName.get(label)}`).join(' ')}]`;
  },
};
