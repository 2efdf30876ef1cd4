import { AuthorizationV1Api } from '@kubernetes/client-node';
import { NotFoundError, describeError } from '../../domain/errors.ts';
import type {
  ApiServiceFacts,
  ClusterFacts,
  HpaFacts,
  Installation,
  Known,
  LeaseFacts,
  Right,
} from '../../domain/doctor/facts.ts';
import type { ClusterFactsSource } from '../../ports/cluster-facts.ts';
import { type KubernetesClient } from './client.ts';
import { apiServiceFacts, hpaFacts, installationOf, leaseFacts, serviceOf } from './cluster-objects.ts';
import { request } from './errors.ts';
import { getJson, respond } from './get-json.ts';
import { type Fields, fields, list, text, texts } from './json-fields.ts';

const LABELS = 'app.kubernetes.io/name=tidecaster,app.kubernetes.io/component=server';
const PAGE = '500';
const JSON_ACCEPT = 'application/json';
/**
 * RBAC, of the person who asks: `list` on horizontalpodautoscalers, deployments, services, apiservices and pods of kube-system; `get` on
 * the certificate's Secret and the Lease; `create` on subjectaccessreviews, which writes nothing.
 *
 * @param apiServices names of those to look at
 */
export function kubernetesClusterFacts(
  client: KubernetesClient,
  { apiServices, now }: { apiServices: readonly string[]; now(): number },
): ClusterFactsSource {
  const get = (path: string, query?: Readonly<Record<string, string>>): Promise<Fields> =>
    getJson(client, `read ${path}`, { path, accept: JSON_ACCEPT, ...(query && { query }) }).then(fields);

  async function listAll(path: string, query: Readonly<Record<string, string>> = {}): Promise<Fields[]> {
    const items: Fields[] = [];
    let next = '';
    do {
      const page = await get(path, { ...query, limit: PAGE, continue: next });
      items.push(...list(page.items));
      next = text(fields(page.metadata).continue);
    } while (next !== '');
    return items;
  }

  async function server(): Promise<{ gitVersion: string; clock: { ahead: number; within: number } }> {
    const before = now();
    const { headers, body } = await request(
      'read /version',
      respond(client, { path: '/version', accept: JSON_ACCEPT }),
    );
    const after = now();
    // The header has whole seconds, cut off: the middle of the second is the best guess.
    const theirs = Date.parse(headers['date'] ?? '') + 500;
    const within = 500 + (after - before) / 2;
    const clock = Number.isNaN(theirs)
      ? { ahead: 0, within: Infinity }
      : { ahead: theirs - (before + after) / 2, within };
    return { gitVersion: text(fields(JSON.parse(await body.text())).gitVersion), clock };
  }

  async function controller(): Promise<readonly string[] | null> {
    const query = { labelSelector: 'component=kube-controller-manager' };
    const [pod] = await listAll('/api/v1/namespaces/kube-system/pods', query);
    if (!pod) return null;
    return list(fields(pod.spec).containers).flatMap(({ command, args }) => [...texts(command), ...texts(args)]);
  }

  async function installations(): Promise<Installation[]> {
    const deployments = await listAll('/apis/apps/v1/deployments', { labelSelector: LABELS });
    if (deployments.length === 0) return [];
    const services = (await listAll('/api/v1/services', { labelSelector: LABELS })).map(serviceOf);
    return deployments.map((deployment) => installationOf(deployment, services));
  }

  async function apiServicesThere(): Promise<ApiServiceFacts[]> {
    const all = await listAll('/apis/apiregistration.k8s.io/v1/apiservices');
    return all.map(apiServiceFacts).filter(({ name }) => apiServices.includes(name));
  }

  async function certificate(of: Installation): Promise<string | null> {
    const deployment = await get(`/apis/apps/v1/namespaces/${of.namespace}/deployments/${of.name}`);
    const pod = fields(fields(fields(deployment.spec).template).spec);
    const secret = list(pod.volumes).find((volume) => volume.secret !== undefined);
    const name = fields(secret?.secret).secretName;
    if (typeof name !== 'string') return null;
    const { data } = await get(`/api/v1/namespaces/${of.namespace}/secrets/${name}`);
    const pem = fields(data)['tls.crt'];
    return typeof pem === 'string' && pem !== '' ? Buffer.from(pem, 'base64').toString() : null;
  }

  async function lease(of: Installation): Promise<LeaseFacts | null> {
    const name = of.args.find((arg) => arg.startsWith('--lease-name='))?.slice('--lease-name='.length) ?? 'tidecaster';
    const path = `/apis/coordination.k8s.io/v1/namespaces/${of.namespace}/leases/${name}`;
    try {
      return leaseFacts(await get(path));
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }

  const api = new AuthorizationV1Api(client.configuration);
  async function isMissing({ namespace, serviceAccount }: Installation, right: Right): Promise<boolean> {
    const { verb, group, resource, name } = right;
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: `system:serviceaccount:${namespace}:${serviceAccount}`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
        resourceAttributes: { verb, group, resource, namespace: right.namespace, name },
      },
    };
    const { status } = await request('review rights', api.createSubjectAccessReview({ body }));
    return status?.allowed !== true;
  }

  async function missing(of: Installation, rights: readonly Right[]): Promise<Right[]> {
    const verdicts = await Promise.all(rights.map((right) => isMissing(of, right)));
    return rights.filter((_, index) => verdicts[index]);
  }

  async function externalMetrics(): Promise<string[]> {
    const { resources } = await get('/apis/external.metrics.k8s.io/v1beta1');
    return list(resources).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  }

  return {
    async read(rights): Promise<ClusterFacts> {
      const [all, ...rest] = await Promise.all([
        known(installations()),
        known(server()),
        known(controller()),
        known(listAll('/apis/autoscaling/v2/horizontalpodautoscalers').then((hpas): HpaFacts[] => hpas.map(hpaFacts))),
        known(apiServicesThere()),
        known(externalMetrics()),
      ]);
      const first = all.type === 'known' ? all.value[0] : undefined;
      const ofFirst = <T>(read: (one: Installation) => Promise<T>, none: T): Promise<Known<T>> =>
        first ? known(read(first)) : Promise.resolve({ type: 'known', value: none });
      const [certificatePem, missingRights, heldLease] = await Promise.all([
        ofFirst(certificate, null),
        ofFirst((one) => missing(one, rights(one)), []),
        ofFirst(lease, null),
      ]);
      const [ofServer, args, hpas, there, names] = rest;
      return {
        server: ofServer,
        controller: args,
        hpas,
        apiServices: there,
        installations: all,
        certificatePem,
        missingRights,
        lease: heldLease,
        externalMetrics: names,
      };
    },
  };
}

async function known<T>(reading: Promise<T>): Promise<Known<T>> {
  try {
    return { type: 'known', value: await reading };
  } catch (error) {
    return { type: 'unknown', why: describeError(error) };
  }
}
