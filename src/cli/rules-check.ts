import { checkRules } from '../app/check-rules.ts';
import type { SourceOf } from '../app/check-listings.ts';
import { parseRules } from '../config/rules.ts';
import { InvalidError } from '../domain/errors.ts';
import type { Finding } from '../domain/policy/lint.ts';
import type { SeriesType } from '../domain/rules/lint-types.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import { WELL_KNOWN_RESOURCES } from '../domain/rules/well-known-resources.ts';
import type { Command, Input, Tools } from './command.ts';
import { findingsExitCode } from './findings.ts';
import { httpUrl } from './http-url.ts';
import { outputFormat, outputOption, render } from './output.ts';
import { rulesCheckText } from './rules-check-text.ts';

/** `tidecaster rules check FILE`: what lint says of metric rules, and what a Prometheus makes of them. */
export const rulesCheck: Command = {
  name: 'rules check',
  summary: 'check a rules file, and try it out against a Prometheus',
  usage: 'FILE [--prometheus URL] [-o table|json|yaml]',
  help: `Says all that lint says of rules. With a Prometheus also, of each rule: which series there are, which metrics they are served
as, the query of a read and the one that it shares with others, or why it is asked alone, what it answers now, and whether a counter is rated
and a gauge is not, by the types that Prometheus knows. Reads only.
      --prometheus URL       who is asked, as --prometheus-url of serve
      --backends             ask the backends that the file names too, with the credentials that it names. For files that
                             you trust: they say which file is sent where
      --kubeconfig FILE      the cluster whose resources rules for objects name (default: those that every cluster has)
  -n, --namespace NAME       whose reads are tried (default: the first that has series)
  -l, --selector SELECTOR    the label selector of the reads (default: none)
      --metrics N            how many metrics of each rule are asked for (default: 3)
Exit code 0 without errors, 2 with one, 6 where nobody answers.`,
  options: {
    ...outputOption,
    prometheus: { type: 'string' },
    backends: { type: 'boolean', default: false },
    kubeconfig: { type: 'string' },
    namespace: { type: 'string', short: 'n' },
    selector: { type: 'string', short: 'l', default: '' },
    metrics: { type: 'string', default: '3' },
  },
  async run(input, tools) {
    const format = outputFormat(input.values.output);
    const { sample, mostMetrics, url, file } = askedOf(input);
    const read = parseRules(file, await tools.readFile(file));
    const kubeconfig = input.values.kubeconfig;
    const resources = typeof kubeconfig === 'string' ? await tools.resources(kubeconfig) : WELL_KNOWN_RESOURCES;
    const open = url === null ? null : await tools.prometheus(url);
    const backends = input.values.backends === true ? await tools.backends() : null;
    const sourceOf: SourceOf = (backend) => {
      if (backend !== null)
        return (
          backends?.source(backend) ?? { type: 'none', why: `its backend ${backend.name} is not asked (--backends)` }
        );
      return open ?? { type: 'none', why: 'nobody is asked (--prometheus URL)' };
    };
    try {
      const check = await checkRules({
        file: read,
        sourceOf,
        types: open === null ? new Map() : await open.types().catch(noTypes(tools)),
        resources,
        sample,
        mostMetrics,
        now: tools.clock.now().toSeconds(),
        progress: progressOf(tools),
      });
      const refused = read.problems.map((problem): Finding => ({ severity: 'error', ...problem }));
      const findings = [...refused, ...check.findings];
      tools.stdout(render({ rules: check.rules, findings }, format, rulesCheckText));
      return findingsExitCode(findings);
    } finally {
      open?.close();
      backends?.close();
    }
  },
};

/** @throws InvalidError */
function askedOf({ values, positionals }: Input) {
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new InvalidError(`${positionals.length} files given, expected one: tidecaster rules check FILE`);
  const url = typeof values.prometheus === 'string' ? httpUrl('prometheus', values.prometheus) : null;
  const mostMetrics = Number(values.metrics);
  if (!Number.isInteger(mostMetrics) || mostMetrics < 1)
    throw new InvalidError(`--metrics is "${String(values.metrics)}", expected a whole number from 1`);
  const selector = String(values.selector);
  parseSelector(selector);
  const namespace = typeof values.namespace === 'string' ? values.namespace : null;
  return { file, url, mostMetrics, sample: { namespace, selector } };
}

/** A backend without /api/v1/metadata says nothing of types. */
const noTypes =
  ({ stderr }: Tools) =>
  (error: unknown): Map<string, SeriesType> => {
    stderr(`types are not known: ${error instanceof Error ? error.message : String(error)}\n`);
    return new Map();
  };

/** A line on stderr every two seconds. */
function progressOf({ clock, stderr }: Tools): (done: number, of: number) => void {
  let last = clock.monotonic();
  return (done, of) => {
    if (clock.monotonic() - last < 2000) return;
    last = clock.monotonic();
    stderr(`${done} of ${of} rules\n`);
  };
}
