/**
 * Queries as rules have them, by what the planner has to say of them, so that it cannot pass by refusing all. `{*` stands for the
 * matchers of the read.
 */
export type Entry = { query: string; asked: 'together' | 'alone' };

export const templateOf = ({ query }: Entry): string => query.replaceAll('{*', '{<<.LabelMatchers>>');

const together = (queries: readonly string[]): Entry[] => queries.map((query) => ({ query, asked: 'together' }));
const alone = (queries: readonly string[]): Entry[] => queries.map((query) => ({ query, asked: 'alone' }));
const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const OF_VALUES =
  words(`abs acos acosh asin asinh atan atanh ceil cos cosh day_of_month day_of_week day_of_year days_in_month
  deg exp floor hour ln log10 log2 minute month rad round sgn sin sinh sqrt tan tanh timestamp year
  histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum`);
const OF_RANGES =
  words(`avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate last_over_time
  mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time
  ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time`);

const FUNCTIONS = [
  ...OF_VALUES.map((name) => `${name}(m{*})`),
  ...OF_RANGES.map((name) => `${name}(c_total{*}[5s])`),
  'clamp(m{*}, 3, 9)',
  'clamp_max(m{*}, scalar(total))',
  'clamp_min(m{*}, 5)',
  'round(m{*}, 0.5)',
  'predict_linear(m{*}[6s], 60)',
  'quantile_over_time(0.9, m{*}[6s])',
  'double_exponential_smoothing(m{*}[6s], 0.5, 0.5)',
  'histogram_quantile(0.9, rate(h_bucket{*}[5s]))',
  'histogram_quantile(0.9, sum by (le) (rate(h_bucket{*}[5s])))',
  'histogram_quantile(0.5, sum without (pod, namespace) (h_bucket{*}))',
  'histogram_fraction(0, 0.3, sum by (le) (rate(h_bucket{*}[5s])))',
  'sum(rate(h_sum{*}[5s])) / sum(rate(h_count{*}[5s]))',
];

const AGGREGATIONS = [
  ...words('sum avg min max count group stddev stdvar').flatMap((op) => [
    `${op}(m{*})`,
    `${op} by (service) (m{*})`,
    `${op}(m{*}) by (namespace, node)`,
    `${op} without (pod) (m{*})`,
    `${op} without (namespace, service, zone) (m{*})`,
  ]),
  'quantile(0.5, m{*})',
  'quantile by (node) (scalar(total) / 1000, m{*})',
  'sum(m{*}) by (<<.GroupBy>>)',
  'max(sum by (node) (m{*}))',
  'avg without (node) (max without (pod) (m{*}))',
  'count(sum by (pod) (m{*}) > 8)',
];

const SHIFTS = [
  'm{*} offset 2s',
  'm{*} offset -1s',
  'm{*} @ end()',
  'm{*} @ start() offset 3s',
  'sum(rate(c_total{*}[4s] offset 2s))',
  'sum(rate(c_total{*}[4s] @ end() offset -1s))',
  'sum_over_time(sum(m{*})[6s:2s])',
  'max_over_time(rate(c_total{*}[3s])[5s:1s] offset 1s)',
  'avg_over_time((m{*} / on (pod) n{*})[4s:1s] @ end())',
  'max_over_time(sum by (node) (m{*})[4s:])',
  'm{*} - m{*} offset 3s',
  'sum(m{*}) - sum(m{*} offset 3s)',
];

const ARITHMETIC = words('+ - * / % ^ atan2');
const COMPARISONS = words('== != > < >= <=');
const SETS = words('and or unless');

const OPERATORS = [
  ...[...ARITHMETIC, ...COMPARISONS].flatMap((op) => [
    `m{*} ${op} 7`,
    `m{*} ${op} ignoring (zone) n{*}`,
    `sum(m{*}) ${op} sum(n{*})`,
    `sum by (service) (m{*}) ${op} on (service) sum by (service, node) (n{*,node="n1"})`,
    `m{*} ${op} on (pod) group_left () sum by (pod) (n{*})`,
    `sum by (pod) (n{*}) ${op} on (pod) group_right () m{*}`,
  ]),
  ...COMPARISONS.flatMap((op) => [`m{*} ${op} bool 7`, `7 ${op} bool m{*}`, `sum(m{*}) ${op} bool sum(n{*})`]),
  ...SETS.flatMap((op) => [
    `m{*} ${op} n{*}`,
    `m{*} ${op} on (pod) n{*}`,
    `m{*} ${op} ignoring (zone, namespace) n{*}`,
    `sum by (pod) (m{*} > 8) ${op} sum by (pod) (n{*})`,
    `sum(m{*}) ${op} on () sum(n{*} > 100)`,
  ]),
  '-m{*}',
  '+sum(m{*})',
  '-sum(m{*}) ^ 2',
  '100 - m{*} * 2',
  'm{*} </ 5',
  'm{*} >/ 5',
  '(m{*} + on (pod) n{*}) / on (pod) (m{*} + on (pod) n{*})',
  'sum(m{*} > 8) or sum(n{*}) * 0',
  'm{*} * ignoring (zone, namespace) group_left (namespace) n{*}',
  'm{*} * on (pod) group_left (namespace) sum by (pod) (n{*})',
  'sum by (pod) (m{*}) * on (pod) group_left (namespace, node) n{*}',
  'm{*} - on (pod, namespace) group_left (node) n{*}',
];

/** Beside something that is the same for all. */
const JOINS = [
  'm{*} * on (node) group_left (rack) node_info',
  'sum by (node) (m{*}) * on (node) group_left (rack) node_info',
  'node_info * on (node) group_right () m{*}',
  'sum(m{*}) and on () (total > 0)',
  'sum(m{*}) and on () (total > 10000)',
  'sum(m{*}) unless on () (hour() < 0)',
  'm{*} unless on (node) node_info{rack="r1"}',
  'm{*} and on (pod) top',
  'sum(m{*}) / scalar(total)',
  'sum(m{*}) * 100 / scalar(sum(m))',
  'sum(m{*}) > time() - 1e9',
  'vector(scalar(total))',
  'time() - 5',
  'total',
];

const RELABELLED = [
  'label_replace(m{*}, "x", "$1-y", "pod", "(.*)-.*")',
  'label_replace(m{*}, "x", "in $1", "namespace", "(.*)")',
  'sum by (x) (label_replace(m{*}, "x", "$1", "pod", "(.).*"))',
  'label_replace(sum(m{*}), "x", "const", "", "")',
  'label_join(m{*}, "x", "-", "namespace", "pod")',
  'label_join(sum by (node, rack) (m{*}), "x", "-", "node", "rack")',
];

const FORMS = [
  '{__name__="m",<<.LabelMatchers>>}',
  '{__name__=~"m|n",<<.LabelMatchers>>}',
  'sum({"m",<<.LabelMatchers>>,"node"=~`n\\d`})',
  'm{*,zone=""}',
  'm{*,pod!~".*-1"}',
  'sum(m{*} # of all\n)',
  'sum(m{namespace="<<index .LabelValuesByName "namespace">>"})',
  'sum(m{namespace=~"<<index .LabelValuesByName "namespace">>"})',
  'SUM(m{*}) BY ("service",)',
  '0x10 * m{*} + 1_0 - .5e1',
  'm{*} > -Inf',
];

const REFUSED = [
  'scalar(sum(m{*}))',
  'vector(scalar(m{*}))',
  'sum(m{*}) or vector(0)',
  'sum(m{*}) or total',
  'sum(m{*}) / sum(total)',
  'sum(m{*}) + on () total',
  'sum by (pod) (m{*}) and top',
  'm{*} / on (pod) n',
  'top unless m{*}',
  'm{*} + fill(0) n{*}',
  'absent(m{*})',
  'absent_over_time(m{*}[5s])',
  'topk(2, m{*})',
  'bottomk by (namespace) (1, m{*})',
  'limitk(1, m{*})',
  'limit_ratio(0.5, m{*})',
  'count_values("v", m{*})',
  'sort(m{*})',
  'sort_desc(m{*})',
  'sort_by_label(m{*}, "pod")',
  'sort_by_label_desc(m{*}, "pod")',
  'info(m{*})',
  'histogram_quantiles(h_bucket{*}, "q", 0.5, 0.9)',
  'quantile(scalar(m{*}), n)',
  'sum by (namespace) (m{*}) + sum by (pod) (n{*})',
  'm{*} or on (pod) sum by (pod) (n{*})',
  'sum by (pod) (m{*}) * on (pod, namespace) n{*}',
  'label_replace(m{*}, "namespace", "x", "", "")',
  'label_replace(sum(m{*}), "x", "$1", "namespace", "(.*)")',
  'label_join(m{*}, "namespace", "-", "pod", "node")',
  'label_replace(m{*}, "x", "<<index .LabelValuesByName "namespace">>", "", "")',
  'm{namespace=~"<<index .LabelValuesByName "namespace">>.*"}',
  'm{namespace!="<<index .LabelValuesByName "namespace">>"}',
  'm{*} * on (node) group_left (namespace) label_replace(node_info, "namespace", "x", "", "")',
];

export const CORPUS: readonly Entry[] = [
  ...together(['m{*}', ...FUNCTIONS, ...AGGREGATIONS, ...SHIFTS, ...OPERATORS, ...JOINS, ...RELABELLED, ...FORMS]),
  ...alone(REFUSED),
];

/** Of pods: each read names some. */
export const POD_CORPUS: readonly Entry[] = [
  ...together([
    'm{*}',
    'sum(m{*}) by (<<.GroupBy>>)',
    'sum by (<<.GroupBy>>) (rate(c_total{*}[5s]))',
    'sum by (pod, node) (m{*}) / on (pod) group_left () sum by (pod) (n{*})',
    'm{*} * on (node) group_left (rack) node_info',
    'sum without (node, zone, namespace) (m{*})',
    'm{*} unless on (pod) n{*}',
    'm{*} and ignoring (zone) n{*}',
    'histogram_quantile(0.9, sum by (le, <<.GroupBy>>) (rate(h_bucket{*}[5s])))',
    'm{namespace="<<index .LabelValuesByName "namespace">>",pod=~"<<index .LabelValuesByName "pod">>"}',
  ]),
  ...alone([
    'sum(m{*})',
    'avg without (pod) (m{*})',
    'max by (node) (m{*})',
    'm{*} * on (node) sum by (node) (n{*})',
    'sum by (pod) (m{*}) or vector(0)',
    'topk(1, m{*})',
    'm{namespace="<<index .LabelValuesByName "namespace">>",pod="<<index .LabelValuesByName "pod">>"}',
  ]),
];
