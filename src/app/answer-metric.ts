import { InvalidError, UnavailableError, placeText } from '../domain/errors.ts';
import { checkNamespace } from '../domain/namespace.ts';
import { type ExternalMetricValue, type Row, externalMetricValues } from '../domain/rules/external-metric-value.ts';
import type { Question } from '../domain/rules/question.ts';
import { remembered } from '../domain/remembered.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import { externalQuestion } from './external-questions.ts';
import type { MetricRegistry } from './metric-registry.ts';
import type { ValueRead, Values } from './values.ts';
import type { ExternalWant } from './want.ts';

/**
 * What an HPA asks for. metric: in lower case, as client-go sends it. selector: the text of ?labelSelector=. asked: ids of the
 * neighbours through which the read came here.
 */
export type MetricRequest = { namespace: string; metric: string; selector: string; asked?: readonly string[] };

/** Answers reads of external metrics. */
export type Answerer = {
  /**
   * What answer() gives, at once: the very same list while nothing new is known. null: it has to be asked for.
   *
   * @throws what answer() throws
   */
  inMemory(request: MetricRequest): readonly ExternalMetricValue[] | null;
  /**
   * The items of one read, within a second; none where the query has no rows, which an HPA takes for an error, unless the rule's
   * policy says otherwise.
   *
   * @throws InvalidError for a namespace or selector that does not parse, NotFoundError for a metric that no rule gives,
   *   ForbiddenError for a namespace that its rule does not allow, UnavailableError when the numbers cannot be had: no stand-in
   *   for them but one that the rule names
   */
  answer(request: MetricRequest): Promise<readonly ExternalMetricValue[]>;
  /** What can be read, for discovery. Never asks the source. */
  metricNames(): string[];
};

export type AnswererOptions = { registry: MetricRegistry; values: Pick<Values, 'inMemory' | 'rows'> };

export function createAnswerer({ registry, values }: AnswererOptions): Answerer {
  /** Items by the rows that they are made of. */
  const wantOf = remembered(wantOfRequest);
  const made = new WeakMap<readonly Row[], { metric: string; items: readonly ExternalMetricValue[] }>();

  function readOf(request: MetricRequest): ValueRead {
    const want = wantOf(request);
    return { want, question: externalQuestion(registry, want, request.metric) };
  }

  function itemsOf(metric: string, rows: readonly Row[]): readonly ExternalMetricValue[] {
    const before = made.get(rows);
    if (before?.metric === metric) return before.items;
    const items = externalMetricValues(metric, rows);
    made.set(rows, { metric, items });
    return items;
  }

  return {
    metricNames: () => registry.names(),
    inMemory(request) {
      const read = readOf(request);
      let rows;
      try {
        rows = values.inMemory(read);
      } catch (error) {
        throw asOfRule(read.question, error);
      }
      return rows && itemsOf(request.metric, rows);
    },
    async answer(request) {
      const read = readOf(request);
      let rows;
      try {
        rows = await values.rows(read);
      } catch (error) {
        throw asOfRule(read.question, error);
      }
      return itemsOf(request.metric, rows);
    },
  };
}

/** @throws InvalidError for a namespace or selector that does not parse */
function wantOfRequest({ namespace, metric, selector }: MetricRequest): ExternalWant {
  checkNamespace(namespace);
  return { type: 'external', namespace, metric: metric.toLowerCase(), requirements: parseSelector(selector) };
}

/** prometheus-adapter answers 500, not 400, to `k>1` and to a template that comes out empty. */
function asOfRule({ rule }: Question, cause: unknown): unknown {
  if (!(cause instanceof InvalidError)) return cause;
  return new UnavailableError(`the rule at ${placeText(rule.place)} makes no query of this read`, { cause });
}
