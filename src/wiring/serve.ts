import { clientCertificates } from '../adapters/certificates/authority.ts';
import { policyFolder } from '../adapters/files/policy-folder.ts';
import { kubernetesAccessReviews } from '../adapters/kubernetes/access-reviews.ts';
import { kubernetesClientTrust } from '../adapters/kubernetes/client-trust.ts';
import { DEADLINES, type KubernetesClient, kubernetesClient } from '../adapters/kubernetes/client.ts';
import { kubernetesCluster } from '../adapters/kubernetes/cluster.ts';
import { kubernetesLeaseStore } from '../adapters/kubernetes/lease-store.ts';
import { kubernetesTrustAnchor } from '../adapters/kubernetes/serving-certificate.ts';
import { kubernetesTokenReviews } from '../adapters/kubernetes/token-reviews.ts';
import { prometheusBackends } from '../adapters/prometheus/backends.ts';
import { prometheus } from '../adapters/prometheus/prometheus.ts';
import type { Service } from '../cli/command.ts';
import { isLoopback } from '../config/load.ts';
import { parsePolicies, revisionOf } from '../config/policy.ts';
import type { Settings } from '../config/settings.ts';
import { InvalidError } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';
import type { Access } from '../server/access/access.ts';
import { createLog } from '../telemetry/logger.ts';
import { describedBy } from './described.ts';
import { startService } from './service.ts';
import { systemClock } from './system-clock.ts';
import type { Outside } from './tools.ts';

/** `tidecaster serve`: the real outside. @throws InvalidError, UnavailableError */
export async function serve(settings: Settings, { env, build }: Outside): Promise<Service> {
  const hasCluster = settings.kubeconfig !== undefined || env.KUBERNETES_SERVICE_HOST !== undefined;
  const authentication = settings.authentication ?? (hasCluster ? 'delegated' : 'none');
  if (authentication === 'none' && !isLoopback(settings.bindAddress)) {
    throw new InvalidError(
      `--bind-address ${settings.bindAddress} is not loopback and there is no cluster to say who may read: give --kubeconfig, or listen on 127.0.0.1`,
    );
  }
  const client =
    hasCluster || settings.policies !== undefined || authentication === 'delegated'
      ? kubernetesClient({ kubeconfig: settings.kubeconfig })
      : null;
  const source =
    settings.prometheusUrl === undefined
      ? null
      : prometheus({ url: settings.prometheusUrl, timeoutSeconds: settings.queryTimeout });
  const backends = prometheusBackends({ timeoutSeconds: settings.queryTimeout });
  const log = createLog(settings.logLevel);
  const described = client && describedBy(client, log);
  const running = await startService({
    settings,
    build,
    log,
    clock: systemClock,
    metrics: source,
    backends,
    governed:
      client === null || settings.policies === undefined
        ? null
        : {
            policies: policyFolder(settings.policies, { parse: parsePolicies, revisionOf }),
            cluster: kubernetesCluster(client),
            leaseStore: kubernetesLeaseStore(client, {
              namespace: leaseNamespace(settings, client.namespace),
              name: settings.leaseName,
            }),
            heartbeatSeconds: settings.heartbeat,
          },
    access:
      client !== null && authentication === 'delegated' ? delegatedAccess(client, settings, log) : { type: 'none' },
    described,
    // KEDA's operator writes its own CA into it, whichever Service it names.
    sharedAnchor:
      client && settings.neighbour !== undefined
        ? kubernetesTrustAnchor(client, 'v1beta1.external.metrics.k8s.io')
        : null,
    simulated: null,
  });
  return {
    lines: [],
    done: new Promise(() => {}),
    async close() {
      await running.close();
      await described?.close();
      source?.close();
      backends.close();
    },
  };
}

/** A read waits for an access review, so that one has a second; a token's has the 10 s that it has in every API server. */
function delegatedAccess(client: KubernetesClient, { kubeconfig, accessReviews }: Settings, log: Log): Access {
  const within = (write: number): KubernetesClient =>
    kubernetesClient({ kubeconfig, deadlines: { ...DEADLINES, write } });
  return {
    type: 'delegated',
    trust: kubernetesClientTrust({ client, clock: systemClock, log }),
    certificates: clientCertificates,
    tokenReviews: kubernetesTokenReviews(within(10_000)),
    accessReviews: kubernetesAccessReviews(within(1_000)),
    broadReviews: accessReviews === 'broad',
  };
}

/** @throws InvalidError */
function leaseNamespace(settings: Settings, own: string | null): string {
  const namespace = settings.leaseNamespace ?? own;
  if (namespace !== null) return namespace;
  throw new InvalidError('--lease-namespace is missing: the kubeconfig names no namespace to keep the Lease in');
}
