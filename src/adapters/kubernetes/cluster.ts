import { AutoscalingV2Api, type V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { FloorWrite } from '../../domain/decision.ts';
import { ConflictError, InvalidError, NotFoundError, UnavailableError } from '../../domain/errors.ts';
import { FIELD_MANAGER, RESTORE_ANNOTATION, type HpaState } from '../../domain/hpa/hpa-state.ts';
import { targetKey } from '../../domain/target.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { type KubernetesClient, applying, patching } from './client.ts';
import { StatusError, request } from './errors.ts';
import { hpaState, isOurs } from './hpa-state.ts';

/** HPAs a page: a list of thousands is read in answers of a few MB. */
const PAGE = 500;

/**
 * Milliseconds after the start of a hand-back in which its last write may begin. With that write's own deadline it has ended 5 s
 * after the fence let it through (domain/lease.ts); what is left undone is done by the next pass.
 */
const HAND_BACK_BUDGET = 1_000;

/** How often the last step of a hand-back looks again when somebody else wrote in between. */
const HAND_BACK_ATTEMPTS = 4;

/**
 * The HPAs of a real cluster: of the given namespaces, or of all.
 *
 * RBAC: `list` and `patch` on horizontalpodautoscalers.autoscaling; a ClusterRole, or a Role in each given namespace. No
 * `get` (one object is read by a list with a field selector), no `update`, no `create`: an apply with metadata.uid never
 * creates.
 */
export function kubernetesCluster(client: KubernetesClient, namespaces: readonly string[] = []): Cluster {
  const api = new AutoscalingV2Api(client.configuration);

  return {
    async hpas(): Promise<HpaState[]> {
      const lists = await Promise.all(
        namespaces.length === 0 ? [listAll(api, null)] : namespaces.map((namespace) => listAll(api, namespace)),
      );
      return lists.flat().map(hpaState);
    },
    async applyFloor(floor) {
      await apply(api, floor);
    },
    handBack: (floor) => handBack(api, floor),
  };
}

async function listAll(api: AutoscalingV2Api, namespace: string | null): Promise<V2HorizontalPodAutoscaler[]> {
  const items: V2HorizontalPodAutoscaler[] = [];
  let page: { _continue?: string } = {};
  do {
    const list = await request(
      `list horizontalpodautoscalers of ${namespace === null ? 'all namespaces' : `namespace ${namespace}`}`,
      namespace === null
        ? api.listHorizontalPodAutoscalerForAllNamespaces({ limit: PAGE, ...page })
        : api.listNamespacedHorizontalPodAutoscaler({ namespace, limit: PAGE, ...page }),
    );
    items.push(...list.items);
    page = list.metadata?._continue ? { _continue: list.metadata._continue } : {};
  } while (page._continue !== undefined);
  return items;
}

/** Applies what we own: spec.minReplicas, and the annotation where there is a restore value. */
async function apply(api: AutoscalingV2Api, floor: FloorWrite): Promise<V2HorizontalPodAutoscaler> {
  const { namespace, name } = floor.target;
  const annotations =
    floor.restoreMinReplicas === null ? {} : { annotations: { [RESTORE_ANNOTATION]: `${floor.restoreMinReplicas}` } };
  const body = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace, name, uid: floor.uid, ...annotations },
    spec: { minReplicas: floor.minReplicas },
  };
  const call = { namespace, name, body, fieldManager: FIELD_MANAGER, force: true };
  try {
    return await request(
      `apply minReplicas ${floor.minReplicas} to HorizontalPodAutoscaler ${targetKey(floor.target)}`,
      api.patchNamespacedHorizontalPodAutoscaler(call, applying()),
    );
  } catch (error) {
    throw aboutUid(error);
  }
}

/**
 * An apply with metadata.uid is answered with 409 "uid mismatch: ... no existing object was found" where the object is not
 * there, and with 422 about metadata.uid where another one has taken its name (kube-apiserver 1.37).
 */
function aboutUid(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, cause } = error;
  if (error instanceof ConflictError && message.includes('no existing object was found')) {
    return new NotFoundError(message, { cause });
  }
  if (error instanceof InvalidError && cause instanceof StatusError && cause.complainsAbout('metadata.uid')) {
    return new ConflictError(`${message}; it was deleted and made anew`, { cause });
  }
  return error;
}

/**
 * Two writes, because a JSON patch that changed the value would own it: apply the restore value, then drop our entry and our
 * annotation, which leaves the value without an owner. Each can be repeated: an HPA without our entry is back already.
 */
async function handBack(api: AutoscalingV2Api, floor: FloorWrite): Promise<void> {
  const until = performance.now() + HAND_BACK_BUDGET;
  const inTime = (): void => {
    if (performance.now() < until) return;
    throw new UnavailableError(
      `cannot hand back HorizontalPodAutoscaler ${targetKey(floor.target)}: the API server is too slow to do it in one go`,
    );
  };
  let hpa = await read(api, floor);
  for (let attempt = 1; ; attempt += 1) {
    if (!hpa.metadata?.managedFields?.some(isOurs)) return;
    if (hpa.spec?.minReplicas !== floor.minReplicas) {
      inTime();
      hpa = await apply(api, floor);
    }
    const operations = letGoOperations(hpa, floor);
    if (!operations) return;
    inTime();
    try {
      await letGo(api, floor, operations);
      return;
    } catch (error) {
      // 422 without causes: a test failed, because an entry before ours came or went, or another floor was written
      if (!(error instanceof InvalidError)) throw error;
      if (attempt === HAND_BACK_ATTEMPTS) {
        const message = `HorizontalPodAutoscaler ${targetKey(floor.target)} is written too often by others to be handed back now`;
        throw new ConflictError(message, { cause: error });
      }
      hpa = await read(api, floor);
    }
  }
}

/** @throws NotFoundError where it is not there, ConflictError where another one has its name. */
async function read(api: AutoscalingV2Api, { target, uid }: FloorWrite): Promise<V2HorizontalPodAutoscaler> {
  const call = { namespace: target.namespace, fieldSelector: `metadata.name=${target.name}` };
  const { items } = await request(
    `read HorizontalPodAutoscaler ${targetKey(target)}`,
    api.listNamespacedHorizontalPodAutoscaler(call),
  );
  const [hpa] = items;
  if (!hpa) throw new NotFoundError(`HorizontalPodAutoscaler ${targetKey(target)} is not there`);
  if (hpa.metadata?.uid !== uid) {
    throw new ConflictError(
      `HorizontalPodAutoscaler ${targetKey(target)} was deleted and made anew: uid ${hpa.metadata?.uid}, not ${uid}`,
    );
  }
  return hpa;
}

type Operation = { op: 'test' | 'add' | 'remove' | 'replace'; path: string; value?: unknown };

/** The JSON patch that removes what is ours, or null where nothing is. */
function letGoOperations({ metadata }: V2HorizontalPodAutoscaler, floor: FloorWrite): Operation[] | null {
  const entries = metadata?.managedFields ?? [];
  const index = entries.findIndex(isOurs);
  if (index < 0) return null;
  const path = `/metadata/managedFields/${index}`;
  const operations: Operation[] = [
    { op: 'test', path: '/metadata/uid', value: floor.uid },
    // A server that still governs it may have written its floor again: to let go then would make that the next restore value.
    { op: 'test', path: '/spec/minReplicas', value: floor.minReplicas },
    { op: 'test', path: `${path}/manager`, value: FIELD_MANAGER },
    { op: 'test', path: `${path}/operation`, value: 'Apply' },
    // An empty list is ignored by the API server, [{}] is how a list is emptied.
    entries.length === 1 ? { op: 'replace', path: '/metadata/managedFields', value: [{}] } : { op: 'remove', path },
  ];
  if (metadata?.annotations?.[RESTORE_ANNOTATION] !== undefined) {
    operations.push({ op: 'remove', path: `/metadata/annotations/${RESTORE_ANNOTATION.replaceAll('/', '~1')}` });
  }
  return operations;
}

async function letGo(api: AutoscalingV2Api, { target }: FloorWrite, body: Operation[]): Promise<void> {
  const { namespace, name } = target;
  const call = { namespace, name, body, fieldManager: FIELD_MANAGER };
  await request(
    `hand back HorizontalPodAutoscaler ${targetKey(target)}`,
    api.patchNamespacedHorizontalPodAutoscaler(call, patching()),
  );
}
