import { isDeepStrictEqual } from 'node:util';
import { type Difference, type Item, type Pair, bodyOf, itemsOf as itemsOfBody } from './compare.ts';

/** A difference from prometheus-adapter that is meant. docs/prometheus-adapter.md has a row for each, with these words. */
export type KnownDifference = {
  /** Short and stable. */
  id: string;
  /** What prometheus-adapter v0.12.0 does, and what we do. */
  theirs: string;
  ours: string;
  reason: string;
  /** Whether it is what makes these two answers differ. */
  explains(pair: Pair, difference: Difference): boolean;
};

const codes = ({ theirs, ours }: Pair): string => `${theirs.code} ${ours.code}`;
const isRead = ({ asked }: Pair): boolean => /^\/apis\/[^/]+\/[^/]+\/namespaces\/[^/]+\/[^/?]+(\?|$)/.test(asked.path);
const metricOf = ({ asked }: Pair): string => decoded(asked.path.split('?')[0]?.split('/').at(-1) ?? '');
const itemsOf = (answer: Pair['theirs']): Item[] => itemsOfBody(bodyOf(answer));
const parameter = ({ asked }: Pair, name: string): string | null =>
  new URLSearchParams(asked.path.split('?')[1] ?? '').get(name);
const selectorOf = (pair: Pair): string => parameter(pair, 'labelSelector') ?? '';
/** Not by a Status: words, or the list of paths that there are. */
const isNoStatus = ({ theirs }: Pair): boolean => !theirs.text.includes('"kind":"Status"');

/** What NewMilliQuantity makes of NaN, infinities and what does not fit into int64 thousandths, on amd64. */
const OVERFLOWED = '-9223372036854775808m';

/** Whether their answer is ours and, beside it, items whose number is none. No pod of the exporter has a depth of 0. */
function hasMoreOfNoNumber(pair: Pair): boolean {
  const ofPods = pair.asked.path.startsWith('/apis/custom.') && !metricOf(pair).includes('jobs');
  const more = itemsOf(pair.theirs).map(withoutTime);
  for (const item of itemsOf(pair.ours).map(withoutTime)) {
    const same = more.findIndex((one) => isDeepStrictEqual(one, item));
    if (same < 0) return false;
    more.splice(same, 1);
  }
  return more.length > 0 && more.every(({ value }) => value === OVERFLOWED || (ofPods && value === '0'));
}

const isExternal = ({ asked }: Pair): boolean => asked.path.startsWith('/apis/external.');
const isNegative = ({ value }: Item): boolean => value !== OVERFLOWED && String(value).startsWith('-');

const withoutTime = ({ timestamp: _time, ...item }: Item): Item => item;

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'not a number',
    theirs: 'NaN, infinities and what does not fit become -9223372036854775808m; NaN of an object becomes 0',
    ours: 'such rows are left out, for external metrics unless `--compatibility prometheus-adapter` is given',
    reason:
      'The HPA would follow a number that nobody measured. An empty list is an error to it, and it holds; a pod without an item is a missing pod, which is the cautious way, where 0 calls it idle.',
    explains: (pair, { part }) => (part === 'items' || codes(pair) === '200 404') && hasMoreOfNoNumber(pair),
  },
  {
    id: 'negative',
    theirs: 'a negative number of an external metric is answered',
    ours: 'a 500, unless the rule keeps it (`values.negative`) or `--compatibility prometheus-adapter` is given',
    reason:
      'The HPA controller takes a sum below zero for an overflow and asks for every replica that the HPA may have. An error holds.',
    explains: (pair) => codes(pair) === '200 500' && isExternal(pair) && itemsOf(pair.theirs).some(isNegative),
  },
  {
    id: 'lower case',
    theirs: 'a metric with capitals is found by its exact name alone',
    ours: 'by its name in any case',
    reason: 'client-go lower-cases the name of an external metric, so that an HPA never gets such a metric.',
    // the generator's M3_m3_depth
    explains: (pair) => isRead(pair) && pair.theirs.code === 404 && /^m\d+_m\d+_/.test(metricOf(pair)),
  },
  {
    id: 'never seen',
    theirs: 'a metric whose series Prometheus does not have is a 404',
    ours: 'an empty list where the rule names its one series',
    reason:
      'Such a rule needs no discovery: the metric is served from the first second and never fades. To the HPA both are errors.',
    explains: (pair) => isRead(pair) && pair.theirs.code === 404 && metricOf(pair) === 'm99_depth',
  },
  {
    id: 'listed unseen',
    theirs: 'discovery lists the metrics that Prometheus has',
    ours: 'also those of rules that name their one series',
    reason: 'As above: it can be read, so it is listed.',
    explains: ({ asked, ours }, { part }) =>
      part === 'document' && asked.path.endsWith('/v1beta1') && ours.text.includes('m99_depth'),
  },
  {
    id: 'no label for the namespace',
    theirs:
      'an external rule that is namespaced but names no label for the namespace is listed, and each read is a 500',
    ours: 'the rule is refused when the file is read, with its place; its metric is a 404',
    reason:
      'It never worked. `tidecaster lint` says so before an HPA does. With `--compatibility prometheus-adapter` too.',
    explains: (pair) => isRead(pair) && codes(pair) === '500 404' && metricOf(pair) === 'm2_depth',
  },
  {
    id: 'a group that is not there',
    theirs: '`as: x_$1_y` names the group `1_y`, as Go reads it, and puts nothing: every series gets one wrong name',
    ours: 'the rule is refused when the file is read, with its place and with `${1}_y` as the cure; its metric is a 404',
    reason: 'Nobody means it. With `--compatibility prometheus-adapter` too.',
    explains: (pair) => isRead(pair) && pair.ours.code === 404 && metricOf(pair) === 'named_',
  },
  {
    id: 'leading comma',
    theirs: '`{<<.LabelMatchers>>,x="y"}` without a matcher is `{,x="y"}`, a 500',
    ours: '`{x="y"}`',
    reason: 'What was meant is clear, and there is no other meaning.',
    explains: (pair) => isRead(pair) && codes(pair) === '500 200' && selectorOf(pair) === '',
  },
  {
    id: 'label with a slash',
    theirs: 'a selector on a label like app.kubernetes.io/name is a 500',
    ours: 'the label is quoted, as Prometheus 3 reads it',
    reason: "Kubernetes' own labels look like this.",
    explains: (pair) =>
      isRead(pair) && codes(pair) === '500 200' && /[./]\S*\s*(=|!=| in | notin )/.test(selectorOf(pair)),
  },
  {
    id: 'words of a bad selector',
    theirs: "the sentence of Go's parser",
    ours: 'a sentence that says at which character, what came and what was expected',
    reason: 'It is read by people alone; code and reason are the same.',
    explains: (pair, { part }) => part === 'status' && codes(pair) === '400 400',
  },
  {
    id: 'usage of nobody',
    theirs: 'the usage of a pod or node that is not there is a 404 `pods "x" not found`, with details',
    ours: 'a 404 `podmetrics.metrics.k8s.io "shop/x" not found`, as where it is there and has no numbers; without details',
    reason: 'It is the sentence of metrics-server, whose place it takes. Code and reason are the same.',
    explains: (pair, { part }) =>
      part === 'status' && codes(pair) === '404 404' && pair.asked.path.startsWith('/apis/metrics.k8s.io/'),
  },
  {
    id: 'usage that cannot be asked',
    theirs: 'usage whose query fails is left out: an empty list, or a 404',
    ours: 'a 500',
    reason:
      'Nothing to tell and nobody to ask are two things; the HPA holds on each, and the message says where to look.',
    explains: (pair) =>
      pair.asked.path.startsWith('/apis/metrics.k8s.io/') &&
      ['200 500', '404 500'].includes(codes(pair)) &&
      isDeepStrictEqual(itemsOf(pair.theirs), []),
  },
  {
    id: 'no Status for unknown paths',
    theirs:
      'a path that is not there or does not decode and a method that is not allowed are answered in plain text, or by a list of paths',
    ours: 'by a Status',
    reason: 'client-go shows the message of a Status; of plain text it shows none.',
    explains: (pair, { part }) => part !== 'code' && isNoStatus(pair) && pair.ours.code >= 400,
  },
  {
    id: 'types',
    theirs: 'also YAML and protobuf',
    ours: 'JSON alone; who sends `*/*` beside protobuf, as the HPA controller does, gets JSON',
    reason: "Clients decode by the answer's Content-Type, so that JSON is enough.",
    explains: ({ asked, theirs }, { part }) =>
      (part === 'type' &&
        String(theirs.headers['content-type']).includes('protobuf') &&
        (asked.headers.accept ?? '').includes('*/*')) ||
      (part === 'status' && theirs.code === 406),
  },
  {
    id: 'application/*',
    theirs: '`Accept: application/*` is a 406',
    ours: 'JSON',
    reason: 'RFC 9110: the range matches every type below application.',
    explains: (pair) => codes(pair) === '406 200' && pair.asked.headers.accept === 'application/*',
  },
  {
    id: 'a matrix',
    theirs: 'a query that gives a matrix is a 500 "encountered an unexpected query result type" without a reason',
    ours: 'the 500 of a query that fails',
    reason: 'Both say that the rule is wrong; ours says where it stands, in the log.',
    explains: ({ theirs }, { part }) =>
      part === 'status' && theirs.text.includes('encountered an unexpected query result type'),
  },
  {
    id: 'a scalar of an object',
    theirs: 'a rule for objects that gives a scalar is a 500, also where it is NaN',
    ours: 'a 500, but NaN is left out as ever: a 404, or an empty list for `*`',
    reason: 'Neither is a number, and the HPA holds on each.',
    explains: (pair) =>
      pair.theirs.code === 500 &&
      [200, 404].includes(pair.ours.code) &&
      isDeepStrictEqual(itemsOf(pair.ours), []) &&
      metricOf(pair) === 'p2_jobs_total',
  },
  {
    id: '!= of a metric',
    theirs: 'a metricLabelSelector with != is a 500',
    ours: 'it is answered',
    reason: 'It is a selector like any other; an HPA, whose selectors know no !=, never sends it.',
    // 404: where its value is NaN besides
    explains: (pair) =>
      ['500 200', '500 404'].includes(codes(pair)) && (parameter(pair, 'metricLabelSelector') ?? '').includes('!='),
  },
  {
    id: 'a bad metricLabelSelector',
    theirs: 'a metricLabelSelector that does not parse is a 500 without a reason',
    ours: 'a 400 BadRequest',
    reason: 'The caller is wrong, not the server; labelSelector is a 400 in both.',
    explains: (pair) => codes(pair) === '500 400' && (parameter(pair, 'metricLabelSelector') ?? '').includes('('),
  },
  {
    id: 'aggregated discovery',
    theirs: 'the aggregated document is empty, so that kubectl api-resources knows no metrics',
    ours: 'it lists the group and its metrics',
    reason: "The cluster's discovery is made of it.",
    explains: ({ asked }, { part }) => part === 'document' && asked.path === '/apis',
  },
  {
    id: 'own documents',
    theirs: 'OpenAPI documents and version of a program in Go',
    ours: 'of ours',
    reason: 'Each describes itself.',
    explains: ({ asked }, { part }) => part === 'document' && /^\/(openapi|version)/.test(asked.path),
  },
  {
    id: 'health checks',
    theirs: 'checks of its own',
    ours: 'of ours',
    reason: 'Each lists what it is made of; `ping` is in both.',
    explains: ({ asked }) => /^\/(healthz|livez|readyz)\?verbose/.test(asked.path),
  },
];

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
