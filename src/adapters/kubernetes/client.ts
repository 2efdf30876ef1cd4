import { dirname } from 'node:path';
import {
  KubeConfig,
  Observable,
  PatchStrategy,
  ServerConfiguration,
  createConfiguration,
  type Configuration,
  type ConfigurationOptions,
  type RequestContext,
  type ResponseContext,
  type SecurityAuthentication,
} from '@kubernetes/client-node';
import { InvalidError } from '../../domain/errors.ts';

/** Milliseconds that a read may take; a list of some thousand HPAs needs seconds on a busy API server. */
const READ_DEADLINE = 10_000;

/**
 * Milliseconds that a write may take. Shorter than the 5 s between the moment a holder stops writing and the moment its
 * lease can be taken over (operator/leader.ts), so that no write of a former holder is still on its way then.
 */
const WRITE_DEADLINE = 4_000;

/** How long one pool of connections is used; then credentials and CA files are read into a new one. */
const POOL_MILLISECONDS = 60_000;

/** Where the API server is and how we speak to it. Make it once and hand it to each adapter of this folder. */
export type KubernetesClient = {
  configuration: Configuration;
  /** https://host:port, for messages. */
  server: string;
  /** The namespace of the pod's service account, or of the kubeconfig's current context; null where neither names one. */
  namespace: string | null;
};

/**
 * Credentials from a kubeconfig file, or the pod's own service account without one; its token is read again as the kubelet
 * renews it. Nothing is sent yet. @throws InvalidError where there is neither, or the file cannot be used.
 */
export function kubernetesClient({ kubeconfig }: { kubeconfig?: string | undefined } = {}): KubernetesClient {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromCluster();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    throw new InvalidError(`cannot read the kubeconfig ${kubeconfig ?? 'of this pod'}`, { cause });
  }
  const cluster = config.getCurrentCluster();
  if (kubeconfig === undefined && !URL.canParse(cluster?.server ?? '')) {
    throw new InvalidError(
      'no kubeconfig was given, and this is not a pod with a service account (KUBERNETES_SERVICE_HOST is not set)',
    );
  }
  if (!cluster || !URL.canParse(cluster.server)) {
    throw new InvalidError(
      `${kubeconfig}: the current context names no cluster with a server URL, got ${cluster?.server ?? 'no cluster'}`,
    );
  }
  if (kubeconfig !== undefined) config.makePathsAbsolute(dirname(kubeconfig));
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
    authMethods: { default: pooled(config) },
  });
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? null;
  return { configuration, server: cluster.server, namespace };
}

/** KubeConfig makes a new connection pool, so a new TLS handshake, for each request; this keeps one for a minute. */
function pooled(config: KubeConfig): SecurityAuthentication {
  let pool: { dispatcher: NonNullable<ReturnType<RequestContext['getDispatcher']>>; until: number } | null = null;
  return {
    getName: () => config.getName(),
    async applySecurityAuthentication(request) {
      await config.applySecurityAuthentication(request);
      const fresh = request.getDispatcher();
      if (!fresh) return;
      const now = performance.now();
      if (!pool || now >= pool.until) pool = { dispatcher: fresh, until: now + POOL_MILLISECONDS };
      request.setDispatcher(pool.dispatcher);
    },
  };
}

/** The second argument of a call that reads. */
export const reading = (): ConfigurationOptions => options({ deadline: READ_DEADLINE });

/** The second argument of a server-side apply. */
export const applying = (): ConfigurationOptions =>
  options({ deadline: WRITE_DEADLINE, contentType: PatchStrategy.ServerSideApply });

/** The second argument of a JSON patch: a list of operations that works whole or not at all. */
export const patching = (): ConfigurationOptions =>
  options({ deadline: WRITE_DEADLINE, contentType: PatchStrategy.JsonPatch });

/** The second argument of a merge patch. */
export const merging = (): ConfigurationOptions =>
  options({ deadline: WRITE_DEADLINE, contentType: PatchStrategy.MergePatch });

function options(call: { deadline: number; contentType?: string }): ConfigurationOptions {
  const middleware = {
    pre(request: RequestContext): Observable<RequestContext> {
      request.setSignal(AbortSignal.timeout(call.deadline));
      if (call.contentType !== undefined) request.setHeaderParam('Content-Type', call.contentType);
      return new Observable(Promise.resolve(request));
    },
    post: (response: ResponseContext): Observable<ResponseContext> => new Observable(Promise.resolve(response)),
  };
  return { middleware: [middleware], middlewareMergeStrategy: 'append' };
}
