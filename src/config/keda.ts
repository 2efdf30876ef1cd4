import { z } from 'zod';
import type { Place, Problem } from '../domain/errors.ts';
import type { KedaObjects, ScaledObject, TriggerAuthentication } from '../domain/keda/scaled-object.ts';
import { byPlace, parseYaml, problemsOf } from './yaml.ts';

/** Metadata of triggers is text; people write numbers and booleans without quotes, which the API server would refuse. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const metadata = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});
const count = z.int().min(0).nullish();

const trigger = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  metricType: z.string().optional(),
  useCachedMetrics: z.boolean().optional(),
  metadata: z.record(z.string(), text).nullish(),
  authenticationRef: z
    .looseObject({
      name: z.string(),
      kind: z.enum(['TriggerAuthentication', 'ClusterTriggerAuthentication']).default('TriggerAuthentication'),
    })
    .nullish(),
});

/** What is read of keda.sh/v1alpha1; the rest of it is let pass. */
const scaledObject = z.looseObject({
  metadata,
  spec: z.looseObject({
    scaleTargetRef: z.looseObject({
      apiVersion: z.string().default('apps/v1'),
      kind: z.string().default('Deployment'),
      name: z.string().min(1),
    }),
    minReplicaCount: count,
    maxReplicaCount: z.int().min(1).nullish(),
    idleReplicaCount: count,
    fallback: z.unknown().optional(),
    advanced: z
      .looseObject({
        restoreToOriginalReplicaCount: z.boolean().optional(),
        horizontalPodAutoscalerConfig: z
          .looseObject({ name: z.string().optional(), behavior: z.unknown().optional() })
          .nullish(),
        scalingModifiers: z.looseObject({ formula: z.string().optional() }).nullish(),
      })
      .nullish(),
    triggers: z.array(trigger),
  }),
});

const authentication = z.looseObject({
  metadata,
  spec: z.looseObject({
    podIdentity: z.looseObject({ provider: z.string().optional() }).nullish(),
    secretTargetRef: z
      .array(z.looseObject({ parameter: z.string(), name: z.string(), key: z.string() }))
      .nullish()
      .transform((refs) => refs ?? []),
  }),
});

const anyObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.unknown().optional(),
  items: z.array(z.unknown()).optional(),
});

export type KedaFile = KedaObjects & { problems: readonly Problem[] };

/** Reads the objects of KEDA in a file of manifests, in Lists too; whatever else stands there is let pass. @param namespace of objects that name none */
export function parseKeda(file: string, content: string, namespace: string): KedaFile {
  const { documents, problems } = parseYaml(file, content, anyObject);
  const found: Problem[] = [...problems];
  const scaledObjects: ScaledObject[] = [];
  const authentications: TriggerAuthentication[] = [];
  const others: string[] = [];

  function read(raw: unknown, path: readonly PropertyKey[], placeOf: (path: readonly PropertyKey[]) => Place): void {
    const head = anyObject.safeParse(raw);
    if (!head.success) return;
    const { kind = '', apiVersion = '', items } = head.data;
    if (items !== undefined && kind.endsWith('List')) {
      for (const [index, item] of items.entries()) read(item, [...path, 'items', index], placeOf);
      return;
    }
    if (!apiVersion.startsWith('keda.sh/')) return;
    const checked = <S extends z.ZodType>(schema: S): z.output<S> | null => {
      const result = schema.safeParse(raw, { reportInput: true });
      if (result.success) return result.data;
      const within = (inside: readonly PropertyKey[] = []): Place => placeOf([...path, ...inside]);
      found.push(...result.error.issues.flatMap((issue) => problemsOf(issue, within)));
      return null;
    };
    if (kind === 'ScaledObject') {
      const value = checked(scaledObject);
      if (value) scaledObjects.push(toScaledObject(value, { place: placeOf(path), namespace }));
    } else if (kind === 'TriggerAuthentication' || kind === 'ClusterTriggerAuthentication') {
      const value = checked(authentication);
      if (value) authentications.push(toAuthentication(value, kind === 'TriggerAuthentication' ? namespace : null));
    } else {
      const named = z.looseObject({ name: z.string() }).safeParse(head.data.metadata);
      others.push(`${kind} ${named.success ? named.data.name : ''}`.trim());
    }
  }

  for (const { raw, place } of documents) read(raw, [], place);
  return { scaledObjects, authentications, others, problems: found.toSorted(byPlace) };
}

function toScaledObject(
  { metadata: own, spec }: z.output<typeof scaledObject>,
  { place, namespace }: { place: Place; namespace: string },
): ScaledObject {
  const advanced = spec.advanced ?? {};
  return {
    place,
    namespace: own.namespace ?? namespace,
    name: own.name,
    labels: own.labels ?? {},
    annotations: own.annotations ?? {},
    target: {
      apiVersion: spec.scaleTargetRef.apiVersion,
      kind: spec.scaleTargetRef.kind,
      name: spec.scaleTargetRef.name,
    },
    minReplicas: spec.minReplicaCount ?? null,
    maxReplicas: spec.maxReplicaCount ?? 100,
    idleReplicas: spec.idleReplicaCount ?? null,
    hasFallback: spec.fallback !== undefined && spec.fallback !== null,
    restoresReplicas: advanced.restoreToOriginalReplicaCount === true,
    formula: advanced.scalingModifiers?.formula ?? null,
    hpaName: advanced.horizontalPodAutoscalerConfig?.name ?? null,
    behavior: advanced.horizontalPodAutoscalerConfig?.behavior ?? null,
    triggers: spec.triggers.map((one) => ({
      type: one.type,
      name: one.name ?? null,
      metricType: one.metricType ?? null,
      useCachedMetrics: one.useCachedMetrics === true,
      metadata: one.metadata ?? {},
      authentication: one.authenticationRef
        ? { kind: one.authenticationRef.kind, name: one.authenticationRef.name }
        : null,
    })),
  };
}

function toAuthentication(
  { metadata: own, spec }: z.output<typeof authentication>,
  namespace: string | null,
): TriggerAuthentication {
  return {
    namespace: namespace === null ? null : (own.namespace ?? namespace),
    name: own.name,
    podIdentity: spec.podIdentity?.provider ?? null,
    secrets: spec.secretTargetRef.map(({ parameter, name, key }) => ({ parameter, secret: name, key })),
  };
}
