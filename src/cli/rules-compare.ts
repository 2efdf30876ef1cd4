import { compareAdapters } from '../app/compare-adapters.ts';
import { parseDuration } from '../config/duration.ts';
import type { Comparison, DifferenceGroup } from '../domain/compare/comparison.ts';
import { readOfHpa } from '../domain/compare/live-read.ts';
import { InvalidError } from '../domain/errors.ts';
import type { AdapterAccess, Command, Input } from './command.ts';
import { httpUrl } from './http-url.ts';
import { outputFormat, outputOption, render } from './output.ts';

/** `tidecaster rules compare --with URL`: before a cut-over. */
export const rulesCompare: Command = {
  name: 'rules compare',
  summary: 'read what HPAs name from this adapter and another one, and say what differs',
  usage: '--with URL|cluster [--ours URL|cluster] [--for 5m] [--server URL] [-o table|json|yaml]',
  help: `Reads every metric that an HPA of the cluster names from both adapters, again and again, and prints what differs, by cause.
Reads only, as the person that the kubeconfig names; the HPAs go on with whatever answers the API server.
      --with ADAPTER         the other one: https://host:port, or cluster for whatever the API server asks now
      --ours ADAPTER         this one, likewise (default: cluster, which is this one once the APIService names it)
      --for DURATION         how long (default: 5m)
      --server URL           the page address of this one, as of rules explain: what was read of it in the last ten minutes, by
                             whomever, is compared too
      --every DURATION       how often (default: 15s)
      --tolerance PART       how far numbers may be apart (default: 0.01, one in a hundred). Numbers around those that the
                             other says a round earlier or later are equal too
      --kubeconfig FILE      the cluster, and who reads (default: $KUBECONFIG, ~/.kube/config)
      --client-certificate-file FILE, --client-key-file FILE, --bearer-token-file FILE
                             who reads, instead of the kubeconfig's person
      --ca-file FILE         who signed the certificates of URLs (default: the system's CAs)
      --with-server-name NAME, --ours-server-name NAME
                             the name in a certificate, where a port is forwarded
      --insecure-skip-tls-verify
                             do not verify the certificates of URLs; not with a bearer token
Exit code 0 when nothing differs, 1 when something does.`,
  options: {
    ...outputOption,
    with: { type: 'string' },
    ours: { type: 'string', default: 'cluster' },
    for: { type: 'string', default: '5m' },
    every: { type: 'string', default: '15s' },
    server: { type: 'string' },
    tolerance: { type: 'string', default: '0.01' },
    kubeconfig: { type: 'string' },
    'client-certificate-file': { type: 'string' },
    'client-key-file': { type: 'string' },
    'bearer-token-file': { type: 'string' },
    'ca-file': { type: 'string' },
    'with-server-name': { type: 'string' },
    'ours-server-name': { type: 'string' },
    'insecure-skip-tls-verify': { type: 'boolean', default: false },
  },
  async run(input, tools) {
    const { values, positionals } = input;
    const format = outputFormat(values.output);
    if (positionals.length > 0) throw new InvalidError(`"${positionals[0]}" is no flag, expected --with URL`);
    const forSeconds = secondsOf('for', values.for);
    const everySeconds = secondsOf('every', values.every);
    const tolerance = Number(values.tolerance);
    if (!(tolerance >= 0 && tolerance < 1))
      throw new InvalidError(`--tolerance is "${String(values.tolerance)}", expected a part such as 0.01`);
    const server = typeof values.server === 'string' ? httpUrl('server', values.server) : null;
    const [ourAccess, theirAccess] = [accessOf('ours', input), accessOf('with', input)];
    await using stack = new AsyncDisposableStack();
    const ours = stack.adopt(await tools.metricsApi(ourAccess), (api) => api.close());
    const theirs = stack.adopt(await tools.metricsApi(theirAccess), (api) => api.close());
    const comparison = await compareAdapters({
      ours,
      theirs,
      wanted: async () => [
        ...(await tools.metricWants(ourAccess.kubeconfig)).map(readOfHpa),
        ...(server === null ? [] : await tools.liveReads(server)),
      ],
      clock: tools.clock,
      forSeconds,
      everySeconds,
      tolerance,
      signal: tools.signal,
      progress: (text) => tools.stderr(`${text}\n`),
    });
    if (comparison.reads === 0)
      throw new InvalidError(
        `no HPA of the cluster names a metric${server === null ? '' : `, and nothing was read of ${server}`}: nothing was compared`,
      );
    tools.stdout(render(comparison, format, comparisonText));
    return comparison.differences.length === 0 ? 0 : 1;
  },
};

/** @throws InvalidError */
function secondsOf(flag: string, value: unknown): number {
  const seconds = parseDuration(String(value));
  if (seconds === null || seconds <= 0)
    throw new InvalidError(`--${flag} is "${String(value)}", expected something like 5m`);
  return seconds;
}

/** @throws InvalidError */
function accessOf(side: 'ours' | 'with', { values }: Input): AdapterAccess {
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const address = text(side);
  if (address === undefined) throw new InvalidError('--with is missing, expected the address of the other adapter');
  if (address !== 'cluster' && !(address.startsWith('https://') && URL.canParse(address)))
    throw new InvalidError(`--${side} is "${address}", expected https://host:port or cluster`);
  const [certFile, keyFile] = [text('client-certificate-file'), text('client-key-file')];
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new InvalidError('--client-certificate-file and --client-key-file go together, only one is set');
  return {
    url: address === 'cluster' ? null : address,
    kubeconfig: text('kubeconfig'),
    caFile: text('ca-file'),
    certFile,
    keyFile,
    bearerTokenFile: text('bearer-token-file'),
    serverName: text(`${side}-server-name`),
    verification: values['insecure-skip-tls-verify'] === true ? 'skip' : 'verify',
  };
}

function comparisonText({ reads, equal, rounds, differences }: Comparison): string {
  return [
    ...differences.flatMap(groupLines),
    `${reads} reads in ${rounds} rounds: ${equal} equal, ${reads - equal} differ`,
    '',
  ].join('\n');
}

const groupLines = ({ cause, reads, times, names, example }: DifferenceGroup): string[] => [
  `${cause}: ${reads} reads, ${times} times`,
  `  such as ${example}`,
  ...names.map((name) => `  - ${name}`),
  ...(reads > names.length ? [`  and ${reads - names.length} more`] : []),
];
