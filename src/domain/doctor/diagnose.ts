import { type ApiServicesInput, type Inspect, apiServiceFindings } from './api-services.ts';
import { type DoctorFinding, type Severity, found } from './checks.ts';
import { DEFAULTS, controllerFindings, controllerFlags, flagOf } from './controller.ts';
import type { ClusterFacts, HpaFacts, Installation, Known, LeaseFacts, ServerFacts } from './facts.ts';

export type DiagnoseOptions = {
  /** Epoch milliseconds. */
  now: number;
  inspect: Inspect;
  /** Whether metrics.k8s.io is to be ours: the component resource-metrics. */
  wantsResourceMetrics: boolean;
};

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** What limits this cluster, the worst first. What could not be read is said and not guessed. */
export function diagnose(facts: ClusterFacts, options: DiagnoseOptions): DoctorFinding[] {
  const hpas = valueOf(facts.hpas) ?? [];
  const findings = [
    ...unreadable(facts),
    ...whereKnown(facts.server, serverFindings),
    ...controller(facts),
    ...installation(facts, options),
    ...hpaFindings(hpas),
    ...unknownMetrics(facts, hpas),
  ];
  return findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

const valueOf = <T>(known: Known<T>): T | null => (known.type === 'known' ? known.value : null);
const whereKnown = <T>(known: Known<T>, judge: (value: T) => DoctorFinding[]): DoctorFinding[] =>
  known.type === 'known' ? judge(known.value) : [];

const WHAT: Readonly<Record<keyof ClusterFacts, string>> = {
  server: 'the version of the API server',
  controller: 'the pod of kube-controller-manager',
  hpas: 'the HPAs',
  apiServices: 'the APIServices',
  installations: 'the Deployment of Tidecaster',
  certificatePem: 'the serving certificate',
  missingRights: 'the rights of the ServiceAccount',
  lease: 'the Lease',
  externalMetrics: 'the discovery of external metrics',
};

function unreadable(facts: ClusterFacts): DoctorFinding[] {
  const all = Object.entries(facts) as [keyof ClusterFacts, Known<unknown>][];
  return all.flatMap(([name, known]) => (known.type === 'unknown' ? [found('Unreadable', WHAT[name], known.why)] : []));
}

const SKEW_MS = 2000;

function serverFindings({ gitVersion, clock: { ahead, within } }: ServerFacts): DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const minor = Number(/^v1\.(\d+)\./.exec(gitVersion)?.[1] ?? Number.NaN);
  if (minor >= 32 && minor <= 36) findings.push(found('VersionDiffers', 'API server', `is ${gitVersion}`));
  else if (minor !== 37) findings.push(found('VersionUntested', 'API server', `is ${gitVersion}`));
  if (Math.abs(ahead) - within > SKEW_MS) {
    const how = `${(Math.abs(ahead) / 1000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;
    findings.push(
      found('ClockSkew', 'API server', `its clock is ${how}, give or take ${(within / 1000).toFixed(1)} s`),
    );
  }
  return findings;
}

function controller({ controller: args, hpas }: ClusterFacts): DoctorFinding[] {
  if (args.type === 'unknown' || hpas.type === 'unknown') return [];
  if (args.value !== null) return controllerFindings(hpas.value, controllerFlags(args.value));
  const { qps, workers, periodSeconds } = DEFAULTS;
  const what = `assumed are ${qps} calls a second, ${workers} workers and a period of ${periodSeconds} s: about ${qps * periodSeconds} reads of each kind a period`;
  return [
    found('ControllerFlagsAssumed', 'kube-controller-manager', what),
    ...controllerFindings(hpas.value, DEFAULTS),
  ];
}

function installation(facts: ClusterFacts, options: DiagnoseOptions): DoctorFinding[] {
  const all = valueOf(facts.installations);
  if (all === null) return [];
  const [first, ...others] = all;
  if (!first) return [found('NotInstalled', 'Tidecaster', 'no Deployment carries its labels')];
  const apiServices = valueOf(facts.apiServices);
  const input: ApiServicesInput = {
    apiServices: apiServices ?? [],
    hpas: apiServices === null ? [] : (valueOf(facts.hpas) ?? []),
    installation: first,
    certificatePem: valueOf(facts.certificatePem),
    inspect: options.inspect,
    wantsResourceMetrics: options.wantsResourceMetrics,
  };
  return [
    ...(others.length > 0
      ? [found('SeveralInstallations', nameOf(first), `also ${others.map(nameOf).join(', ')}`)]
      : []),
    ...replicas(first),
    ...apiServiceFindings(input),
    ...whereKnown(facts.certificatePem, (pem) => certificateFindings(first, pem, options)),
    ...whereKnown(facts.missingRights, (rights) =>
      rights.map(({ verb, group, resource, namespace, name, why }) => {
        const what = `may not ${verb} ${resource}${group === '' ? '' : `.${group}`}${name === '' ? '' : ` ${name}`}`;
        const where = namespace === '' ? 'in all namespaces' : `in ${namespace}`;
        return found(
          'RightMissing',
          `ServiceAccount ${first.namespace}/${first.serviceAccount}`,
          `${what} ${where}: to ${why}`,
        );
      }),
    ),
    ...whereKnown(facts.lease, (lease) => leaseFindings(first, lease, facts.server, options.now)),
  ];
}

const nameOf = ({ namespace, name }: Installation): string => `Deployment ${namespace}/${name}`;

function replicas(one: Installation): DoctorFinding[] {
  const { wanted, ready } = one.replicas;
  return ready < wanted ? [found('ReplicasMissing', nameOf(one), `${ready} of ${wanted} replicas are ready`)] : [];
}

function certificateFindings(
  one: Installation,
  pem: string | null,
  { now, inspect }: DiagnoseOptions,
): DoctorFinding[] {
  const facts = pem === null ? null : inspect(pem, '');
  if (facts === null)
    return [found('CertificateMissing', nameOf(one), 'its Secret holds no certificate that can be read')];
  const ends = `ends ${new Date(facts.notAfter).toISOString()}`;
  if (now >= facts.notAfter) return [found('CertificateExpired', nameOf(one), `its certificate ${ends}`)];
  // Both ways renew well before the last sixth of its life.
  const late = facts.notAfter - (facts.notAfter - facts.notBefore) / 6;
  return now >= late ? [found('CertificateEnds', nameOf(one), `its certificate ${ends}`)] : [];
}

function leaseFindings(
  one: Installation,
  lease: LeaseFacts | null,
  server: ClusterFacts['server'],
  now: number,
): DoctorFinding[] {
  if (flagOf(one.args, 'policies') === null) return [];
  if (lease === null) return [found('LeaseAbandoned', nameOf(one), 'there is no Lease')];
  const clock = server.type === 'known' ? server.value.clock : { ahead: 0, within: 0 };
  const age = now + clock.ahead - lease.renewed;
  if (age < -SKEW_MS - clock.within) {
    const what = `${lease.holder} renewed the Lease ${(-age / 1000).toFixed(1)} s in the future`;
    return [found('LeaseAhead', nameOf(one), what)];
  }
  if (age <= lease.durationSeconds * 1000 + SKEW_MS + clock.within) return [];
  return [
    found('LeaseAbandoned', nameOf(one), `${lease.holder} renewed the Lease last ${Math.round(age / 1000)} s ago`),
  ];
}

/** So many are named; the rest is counted. */
const NAMED = 5;

function hpaFindings(hpas: readonly HpaFacts[]): DoctorFinding[] {
  const blind = hpas.filter((hpa) => hpa.blind !== null);
  const capitals = new Map<string, HpaFacts[]>();
  for (const hpa of hpas)
    for (const { type, name } of hpa.metrics)
      if (type === 'External' && name !== name.toLowerCase()) capitals.set(name, [...(capitals.get(name) ?? []), hpa]);
  return [
    ...[...Map.groupBy(blind, (hpa) => hpa.blind?.reason ?? '')].map(([reason, of]) =>
      found('HpaBlind', list(of), `${reason}: ${of[0]?.blind?.message ?? ''}`),
    ),
    ...[...capitals].map(([name, of]) => found('NameWithCapitals', list(of), `names the external metric ${name}`)),
  ];
}

/** Where a neighbour is asked, nobody knows what it serves: KEDA's lists nothing. */
function unknownMetrics({ externalMetrics, installations }: ClusterFacts, hpas: readonly HpaFacts[]): DoctorFinding[] {
  const [first] = valueOf(installations) ?? [];
  const listed = valueOf(externalMetrics);
  if (!first || listed === null || flagOf(first.args, 'neighbour') !== null) return [];
  const names = new Set(listed.map((name) => name.toLowerCase()));
  const asking = new Map<string, HpaFacts[]>();
  for (const hpa of hpas)
    for (const { type, name } of hpa.metrics)
      if (type === 'External' && !names.has(name.toLowerCase())) asking.set(name, [...(asking.get(name) ?? []), hpa]);
  return [...asking].map(([name, of]) => found('MetricUnknown', list(of), `names the external metric ${name}`));
}

function list(hpas: readonly HpaFacts[]): string {
  const names = hpas.slice(0, NAMED).map(({ namespace, name }) => `${namespace}/${name}`);
  const more = hpas.length - names.length;
  return `HPA ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
