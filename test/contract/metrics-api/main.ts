/**
 * `npm run conformance -- --server URL --namespace NAMESPACE --metric NAME`: holds any adapter to the table of rows; with
 * --pod-metric and --pod also to those of custom.metrics.k8s.io, with --usage-pod to those of metrics.k8s.io. Exit code 1 on a failed row, 2 on a wrong flag. See docs/conformance.md.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Server, askerOf } from './ask.ts';
import { failed, jsonText, tableText } from './report.ts';
import { type Subject, rowsFor, runSuite } from './suite.ts';

const options = {
  server: { type: 'string' },
  metric: { type: 'string' },
  namespace: { type: 'string' },
  selector: { type: 'string', default: '' },
  value: { type: 'string' },
  'empty-namespace': { type: 'string' },
  'pod-metric': { type: 'string' },
  pod: { type: 'string' },
  'pod-selector': { type: 'string', default: '' },
  'usage-pod': { type: 'string' },
  ca: { type: 'string' },
  'client-cert': { type: 'string' },
  'client-key': { type: 'string' },
  user: { type: 'string', default: 'tidecaster-conformance' },
  group: { type: 'string', default: 'system:masters' },
  token: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'table' },
} as const;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values: flags } = parseArgs({ options });
  const [server, namespace] = [needed(flags.server, 'server'), needed(flags.namespace, 'namespace')];
  const subject = subjectOf(flags, namespace);
  if (!['table', 'json'].includes(flags.output)) throw new Error(`-o ${flags.output}: expected table or json`);
  const about: Server = { url: server, ...(flags.ca && { ca: readFileSync(flags.ca, 'utf8') }) };
  const credential = credentialOf(flags);
  const known = askerOf({ ...about, ...credential });
  const unknown = askerOf(about);
  try {
    const results = await runSuite(rowsFor(subject), {
      ask: known.ask,
      nobody: credential === null ? null : unknown.ask,
    });
    console.log(flags.output === 'json' ? jsonText(results) : tableText(results));
    return failed(results).length > 0 ? 1 : 0;
  } finally {
    known.close();
    unknown.close();
  }
}

function needed(value: string | undefined, name: string): string {
  if (!value) throw new Error(`--${name} is missing; see docs/conformance.md`);
  return value;
}

type Optional = 'metric' | 'value' | 'empty-namespace' | 'pod-metric' | 'pod' | 'usage-pod';
type Metrics = Readonly<Record<Optional, string | undefined>> & {
  selector: string;
  'pod-selector': string;
};

function subjectOf(flags: Partial<Metrics> & Pick<Metrics, 'selector' | 'pod-selector'>, namespace: string): Subject {
  const { metric, selector, value, 'empty-namespace': emptyNamespace, 'pod-metric': podMetric, pod } = flags;
  const usagePod = flags['usage-pod'];
  if ([metric, podMetric, usagePod].every((one) => one === undefined))
    throw new Error('expected one of --metric, --pod-metric and --usage-pod, or several');
  const external = metric && {
    metric,
    namespace,
    selector,
    ...(value && { value }),
    ...(emptyNamespace && { emptyNamespace }),
  };
  const custom = podMetric && {
    metric: podMetric,
    namespace,
    pod: needed(pod, 'pod'),
    selector: flags['pod-selector'],
  };
  const resource = usagePod && { namespace, pod: usagePod, selector: flags['pod-selector'] };
  return { ...(external && { external }), ...(custom && { custom }), ...(resource && { resource }) };
}

type Flags = { 'client-cert'?: string; 'client-key'?: string; token?: string; user: string; group: string };

/** As the API server's front proxy, which names the user in headers; or with a token; null for none of them. */
function credentialOf(flags: Flags): Partial<Server> | null {
  if (flags.token !== undefined) return { headers: { authorization: `Bearer ${flags.token}` } };
  const [certificate, key] = [flags['client-cert'], flags['client-key']];
  if (certificate === undefined && key === undefined) return null;
  if (certificate === undefined || key === undefined) throw new Error('--client-cert and --client-key go together');
  return {
    client: { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') },
    headers: { 'x-remote-user': flags.user, 'x-remote-group': flags.group },
  };
}
