import { InvalidError, UnavailableError, describeError, placeText } from '../domain/errors.ts';
import type { Row } from '../domain/rules/external-metric-value.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import { judge, judgeFailure, keepsLastGood } from '../domain/rules/value-policy.ts';
import type { Clock } from '../ports/clock.ts';
import { type MetricsBackends, noBackends } from '../ports/metrics-backends.ts';
import type { MetricsSource, QueryResult } from '../ports/metrics-source.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { type LastGood, createLastGood } from './last-good.ts';
import { type QueryCache, createQueryCache } from './query-cache.ts';

export type RuleRowsOptions = {
  /** Who is asked where a rule names no backend. */
  source: MetricsSource;
  backends?: MetricsBackends;
  clock: Clock;
  recorder: ServingRecorder;
  maxStalenessSeconds: number;
};

/** Who is asked by a rule, and what it does where there is no number. */
export type AskingRule = Pick<MetricRule, 'place' | 'backend' | 'values'>;

/**
 * The rows of a rule's query under the rule's policy, from memory where the last answer is young enough.
 *
 * @throws UnavailableError when they cannot be had: no stand-in for them but one that the rule names
 */
export type RuleRows = (rule: AskingRule, promql: string) => Promise<readonly Row[]>;

/** What is kept for each source: tenants and backends never share an answer, though their queries may be equal. */
type Kept = { cache: QueryCache; lastGood: LastGood };

export function createRuleRows(options: RuleRowsOptions): RuleRows {
  const { clock, source: byDefault, backends = noBackends } = options;
  const keptBySource = new WeakMap<MetricsSource, Kept>();

  function keptFor({ backend }: AskingRule): Kept {
    const source = backend === null ? byDefault : backends.source(backend);
    const before = keptBySource.get(source);
    if (before) return before;
    const kept = { cache: createQueryCache({ ...options, source }), lastGood: createLastGood(() => clock.monotonic()) };
    keptBySource.set(source, kept);
    return kept;
  }

  return async (rule, promql) => {
    const { cache, lastGood } = keptFor(rule);
    const now = (): number => clock.now().toSeconds();
    const where = `the rule at ${placeText(rule.place)} makes ${promql}`;
    let failure: unknown;
    let judgement;
    try {
      const { result, startedAt } = await cache.askDated(promql);
      judgement = judge(rule.values, rowsOf(result), now());
      if (judgement.type === 'answer' && judgement.good && keepsLastGood(rule.values))
        lastGood.keep(promql, judgement.rows, startedAt);
    } catch (error) {
      // A refused query is the rule's fault, not the caller's: a read that would work with another rule is no 400.
      failure = error instanceof InvalidError ? new UnavailableError(where, { cause: error }) : error;
      judgement = judgeFailure(rule.values, describeError(failure), now());
    }
    if (judgement.type === 'answer') return judgement.rows;
    if (judgement.type === 'error') throw failure ?? new UnavailableError(`${where}: ${judgement.why}`);
    const { withinSeconds, why } = judgement;
    const last = lastGood.within(promql, withinSeconds);
    if (last !== null) return last;
    const missing = `there was no good answer within ${withinSeconds} s`;
    throw new UnavailableError(`${where}: ${failure === undefined ? `${why}, and ${missing}` : missing}`, {
      cause: failure,
    });
  };
}

function rowsOf(result: QueryResult): readonly Row[] {
  return result.type === 'vector' ? result.samples : [{ ...result, labels: null }];
}
