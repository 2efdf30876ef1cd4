import {
  KubeConfig,
  Observable,
  PatchStrategy,
  ServerConfiguration,
  createConfiguration,
  setHeaderOptions,
  type Configuration,
  type ConfigurationOptions,
  type ObservableMiddleware,
  type RequestContext,
  type SecurityAuthentication,
} from '@kubernetes/client-node';
import { InvalidError } from '../../domain/errors.ts';

/**
 * Milliseconds that a call may take. A list of some thousand HPAs needs seconds on a busy API server. A write is given less
 * than the 5 s between the moment a holder stops writing and the moment its lease can be taken over (domain/lease.ts), so that
 * no write of a former holder is still on its way then.
 */
export const DEADLINES: Deadlines = { read: 10_000, write: 4_000 };

export type Deadlines = { read: number; write: number };

/** How long one pool of connections is used; then credentials and CA files are read into a new one. */
const POOL_MILLISECONDS = 60_000;

/** Where the API server is and how we speak to it. Make it once and hand it to each adapter of this folder. */
export type KubernetesClient = {
  configuration: Configuration;
  /** https://host:port, for messages. */
  server: string;
  /** The namespace of the pod's service account, or of the kubeconfig's current context; null where neither names one. */
  namespace: string | null;
  deadlines: Deadlines;
};

export type ClientOptions = { kubeconfig?: string | undefined; deadlines?: Deadlines };

/**
 * Credentials from a kubeconfig file, or the pod's own service account without one; its token is read again as the kubelet
 * renews it. Nothing is sent yet. @throws InvalidError where there is neither, or the file cannot be used.
 */
export function kubernetesClient({ kubeconfig, deadlines = DEADLINES }: ClientOptions = {}): KubernetesClient {
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
      'no kubeconfig was given (--kubeconfig FILE), and this is not a pod with a service account (KUBERNETES_SERVICE_HOST is not set)',
    );
  }
  if (!cluster || !URL.canParse(cluster.server)) {
    throw new InvalidError(
      `${kubeconfig}: the current context names no cluster with a server URL, got ${cluster?.server ?? 'no cluster'}`,
    );
  }
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
    authMethods: { default: pooled(config) },
    middleware: [withDeadline(deadlines)],
  });
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? null;
  return { configuration, server: cluster.server, namespace, deadlines };
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

function withDeadline({ read, write }: Deadlines): ObservableMiddleware {
  return {
    pre(request) {
      request.setSignal(AbortSignal.timeout(request.getHttpMethod() === 'GET' ? read : write));
      return new Observable(Promise.resolve(request));
    },
    post: (response) => new Observable(Promise.resolve(response)),
  };
}

/** What a PATCH is, as its second argument; without one client-node sends a JSON patch. */
const patch = (strategy: string): ConfigurationOptions => setHeaderOptions('Content-Type', strategy);

/** Server-side apply. */
export const applying = (): ConfigurationOptions => patch(PatchStrategy.ServerSideApply);

/** A list of operations that works whole or not at all. */
export const patching = (): ConfigurationOptions => patch(PatchStrategy.JsonPatch);

/** Merge patch: null removes. */
export const merging = (): ConfigurationOptions => patch(PatchStrategy.MergePatch);
