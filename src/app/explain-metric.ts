import type { LiveRead } from '../domain/compare/live-read.ts';
import { createBatching } from '../domain/batch/batching.ts';
import { NotFoundError, describeError, placeText } from '../domain/errors.ts';
import { quantityOf } from '../domain/quantity.ts';
import { rfc3339 } from '../domain/rules/external-metric-value.ts';
import type { AskedMetric, ExplainedMetric, ExplainedRead } from '../domain/rules/explained-metric.ts';
import { canonicalSelector } from '../domain/rules/canonical-selector.ts';
import type { Question } from '../domain/rules/question.ts';
import { renderedQuery } from '../domain/rules/rule-check.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import { labelText } from './check-answer.ts';
import { batchOf } from './check-question.ts';
import type { KnownOfKey } from './explain-demand.ts';
import type { Values } from './values.ts';
import { type Want, readOf } from './want.ts';

/** Why a metric has the number that it has. Asks nobody, and wants nothing: what is not in memory is not known. */
export type MetricExplainer = {
  /** @throws InvalidError for a selector that does not parse */
  explain(asked: AskedMetric): ExplainedMetric;
  /** What is read of the rules' metrics: what HPAs name, and what was read in the last ten minutes. */
  reads(): LiveRead[];
};

export type MetricExplainerOptions = {
  values: Pick<Values, 'explain' | 'wanted'>;
  /** What a want asks by the rules as they are now. Throws where nothing is asked. */
  questionOf(want: Want): Question;
};

/** As many rows as show what an answer looks like, and as many reads. */
const SHOWN = 5;

export function createMetricExplainer({ values, questionOf }: MetricExplainerOptions): MetricExplainer {
  const batching = createBatching();

  function asked(question: Question): Pick<ExplainedMetric, 'rule' | 'backend' | 'query' | 'batch' | 'why'> {
    const { place, backend } = question.rule;
    const about = { rule: placeText(place), backend: backend?.name ?? 'default' };
    // Objects' names are those of a read; to say how it is asked any will do.
    const named = question.objects?.names.length === 0;
    const whole = named
      ? { ...question, objects: question.objects && { ...question.objects, names: ['*'] } }
      : question;
    const rendered = renderedQuery(whole);
    if (rendered.type === 'none') return { ...about, query: null, batch: null, why: rendered.why };
    return { ...about, query: rendered.promql, batch: batchOf(whole, { batching }), why: null };
  }

  return {
    reads: () => values.wanted().flatMap((want) => readOf(want) ?? []),
    explain(metric) {
      const want = wantOf(metric);
      let found;
      try {
        found = asked(questionOf(want));
      } catch (error) {
        found = { rule: null, backend: null, query: null, batch: null, why: whyNot(want, error) };
      }
      const { wantedBy, own, others } = values.explain(want);
      const reads = others.slice(0, SHOWN).map(({ labelSelector, ...known }) => ({
        selector: labelSelector,
        ...inMemory(known),
      }));
      if (own !== null) return { ...found, ...inMemory(own), wantedBy, reads };
      return { ...found, rows: null, items: [], ageSeconds: null, error: null, wantedBy, reads };
    },
  };
}

function inMemory({ promql, rows, ageSeconds, error }: KnownOfKey): Omit<ExplainedRead, 'selector'> {
  const items = (rows ?? []).slice(0, SHOWN).map((row) => ({
    of: labelText(row),
    value: quantityOf(row.value) ?? String(row.value),
    timestamp: rfc3339(row.timestamp),
  }));
  return { query: promql, rows: rows && rows.length, items, ageSeconds, error };
}

/** In words for whom a Status of the API is not meant. */
function whyNot(want: Want, error: unknown): string {
  if (!(error instanceof NotFoundError)) return describeError(error);
  return want.type === 'external'
    ? `no rule answers the external metric ${want.metric}; with --neighbour the neighbour is asked`
    : `no rule answers ${want.metric} for ${want.resource}${want.namespace === null ? ' without a namespace' : ''}`;
}

/** @throws InvalidError */
function wantOf({ namespace, metric, selector, object, metricSelector }: AskedMetric): Want {
  const slash = metric.indexOf('/');
  const requirements = parseSelector(slash < 0 ? selector : metricSelector);
  if (slash < 0) return { type: 'external', namespace, metric: metric.toLowerCase(), requirements };
  return {
    type: 'custom',
    namespace: namespace === '' ? null : namespace,
    resource: metric.slice(0, slash),
    object,
    labelSelector: selector === '' && object === '*' ? null : canonicalSelector(parseSelector(selector)),
    metric: metric.slice(slash + 1),
    requirements,
  };
}
