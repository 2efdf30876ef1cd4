import { DateTime } from 'luxon';
import { certificateMaker } from '../adapters/certificates/maker.ts';
import { kubernetesCertificateStore, kubernetesTrustAnchor } from '../adapters/kubernetes/serving-certificate.ts';
import { ensureCertificates } from '../app/ensure-certificates.ts';
import type { CertificateOptions, Tools } from '../cli/command.ts';
import { personsClient } from './cluster.ts';
import { systemClock } from './system-clock.ts';

/** `tidecaster certs` on a real cluster; gives what it did, a line each. */
export async function certificates(options: CertificateOptions, env: Tools['env']): Promise<string[]> {
  const client = personsClient(options.kubeconfig, env);
  const store = kubernetesCertificateStore(client, { namespace: options.secretNamespace, name: options.secretName });
  const anchors = options.apiServices.map((name) => kubernetesTrustAnchor(client, name));
  const host = `${options.service}.${options.serviceNamespace}`;
  const names = { dnsNames: [`${host}.svc`, `${host}.svc.cluster.local`], ipAddresses: [] };
  const outcome = await ensureCertificates({ clock: systemClock, maker: certificateMaker, store, anchors }, names);
  const day = (t: number): string => DateTime.fromMillis(t, { zone: 'utc' }).toISODate()!;
  return [
    outcome.renewed === null ? `${store.name}: kept` : `${store.name}: made anew: ${outcome.renewed}`,
    `valid until ${day(outcome.notAfter)}, renewed from ${day(outcome.renewAt)}`,
    ...outcome.otherWriters.map(
      ({ anchor, manager }) => `${anchor}: caBundle was written by ${manager} last: two writers`,
    ),
    ...outcome.trustWritten.map((name) => `${name}: caBundle applied`),
  ];
}
