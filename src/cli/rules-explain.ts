import { InvalidError } from '../domain/errors.ts';
import type { AskedMetric, ExplainedMetric, ExplainedRead } from '../domain/rules/explained-metric.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import type { Command, Input } from './command.ts';
import { httpUrl } from './http-url.ts';
import { outputFormat, outputOption, render } from './output.ts';

/** `tidecaster rules explain NAMESPACE METRIC`: why an HPA gets the number that it gets. */
export const rulesExplain: Command = {
  name: 'rules explain',
  summary: 'say which rule and query answer a metric on a running server, and what it knows',
  usage: 'NAMESPACE METRIC [SELECTOR] [--server URL] [-o table|json|yaml]',
  help: `Prints the rule and its place, the query, whether it is asked together with others, the value and its age, the last error, and who
wants it. METRIC is that of an external metric, or RESOURCE/METRIC such as pods/http_requests; NAMESPACE is - for what is
root-scoped. SELECTOR selects as in the HPA: the series of an external metric, the objects of a custom one. Without it, or by one
that nobody reads by, a custom metric is told by the selectors that it was read by.
      --server URL               the server's page address (default: http://127.0.0.1:8080); over kubectl port-forward, as it
                                 tells this to its own host alone
      --object NAME              one object of a custom metric (default: all that SELECTOR selects)
      --metric-selector SELECTOR the selector of a custom metric's series
Exit code 0 where a rule answers it, 3 where none does: the reason stands behind "not".`,
  options: {
    ...outputOption,
    server: { type: 'string', default: 'http://127.0.0.1:8080' },
    object: { type: 'string', default: '*' },
    'metric-selector': { type: 'string', default: '' },
  },
  async run(input, tools) {
    const format = outputFormat(input.values.output);
    const server = httpUrl('server', String(input.values.server));
    const explained = await tools.explainedMetric(server, askedOf(input));
    tools.stdout(render(explained, format, explainedText));
    return explained.rule === null ? 3 : 0;
  },
};

/** @throws InvalidError */
function askedOf({ positionals, values }: Input): AskedMetric {
  const [namespace, metric, selector = '', ...more] = positionals;
  if (namespace === undefined || metric === undefined || more.length > 0)
    throw new InvalidError(`${positionals.length} words given, expected NAMESPACE METRIC [SELECTOR]`);
  if (/^\/|\/$/.test(metric)) throw new InvalidError(`METRIC is "${metric}", expected NAME or RESOURCE/NAME`);
  const metricSelector = String(values['metric-selector']);
  for (const each of [selector, metricSelector]) parseSelector(each);
  return {
    namespace: namespace === '-' ? '' : namespace,
    metric,
    selector,
    object: String(values.object),
    metricSelector,
  };
}

const WANTED_BY = {
  hpa: 'an HPA names it',
  reads: 'it was read lately',
  nobody: 'nobody, so that nothing is kept of it',
};

function explainedText(found: ExplainedMetric): string {
  const { rule, backend, query, batch, wantedBy, reads, why } = found;
  return [
    `wanted  ${WANTED_BY[wantedBy]}`,
    ...(why === null ? [] : [`not     ${why}`]),
    ...(rule === null ? [] : [`rule    ${rule}`]),
    ...(backend === null || backend === 'default' ? [] : [`asks    ${backend}`]),
    ...(query === null ? [] : [`query   ${query}`]),
    ...(batch === null ? [] : [`batch   ${batch.type === 'together' ? batch.query : `alone: ${batch.why}`}`]),
    ...(reads.length > 0 ? [] : knownLines(found)),
    ...reads.flatMap((read) => [
      `read    of ${read.selector === '' ? 'all objects' : read.selector}`,
      ...knownLines(read),
    ]),
    '',
  ].join('\n');
}

function knownLines({ rows, items, ageSeconds, error }: Omit<ExplainedRead, 'selector' | 'query'>): string[] {
  const age = ageSeconds === null ? '' : `, ${ageSeconds.toFixed(1)} s old`;
  return [
    `value   ${rows === null ? 'none yet' : `${rows} ${rows === 1 ? 'row' : 'rows'}${age}`}`,
    ...items.map(({ of, value, timestamp }) => `        ${value} at ${timestamp} ${of}`),
    ...(error === null ? [] : [`error   ${error}`]),
  ];
}
