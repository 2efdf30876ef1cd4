import type { V1Deployment, V1PodDisruptionBudget, V1Probe } from '@kubernetes/client-node';
import { deployments, hpas, idOf, namespaces, ofKind, pods, portNames, selects, services } from './manifests.ts';

const everyPod = pods.map((pod) => [pod.id, pod] as const);
const everyDeployment = deployments.map(({ object }) => [idOf(object), object] as const);

it.each(namespaces.map(({ object }) => [idOf(object), object] as const))(
  '%s holds its pods to the restricted standard',
  (_, { metadata }) => {
    const levels = ['enforce', 'audit', 'warn'].map((mode) => metadata?.labels?.[`pod-security.kubernetes.io/${mode}`]);
    expect(levels).toEqual(['restricted', 'restricted', 'restricted']);
  },
);

describe.each(everyPod)('the pod of %s', (_, { spec }) => {
  it('runs as a number above 10000 with the default seccomp profile', () => {
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.securityContext?.runAsUser).toBeGreaterThan(10_000);
  });

  it('cannot write its root, gain rights or use capabilities', () => {
    for (const { securityContext } of spec.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('says whether it takes a token, and takes one only with a ServiceAccount of its own', () => {
    expect(spec.automountServiceAccountToken).toBe(spec.serviceAccountName !== undefined);
  });

  it('requests cpu and memory, and limits memory to what it requests', () => {
    for (const { resources } of spec.containers) {
      expect(resources?.requests?.cpu).toBeDefined();
      expect(resources?.requests?.memory).toBeDefined();
      expect(resources?.limits?.memory).toBe(resources?.requests?.memory);
    }
  });

  it('pins its images', () => {
    for (const { image } of spec.containers)
      expect(image).toMatch(/^[a-z0-9./-]+(:v?\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/);
  });

  it('mounts volumes that it has, and has none that it does not mount', () => {
    const mounted = spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
    expect(new Set(mounted)).toEqual(new Set(spec.volumes?.map(({ name }) => name)));
  });
});

describe.each(everyDeployment)('%s', (_, { spec, metadata }) => {
  const template = spec?.template;
  const [container] = template?.spec?.containers ?? [];
  const labels = template?.metadata?.labels ?? {};

  it('selects its own pods, with the labels that tools know', () => {
    expect(selects(spec?.selector.matchLabels, labels)).toBe(true);
    expect(labels).toMatchObject({ 'app.kubernetes.io/name': metadata?.name });
    expect(Object.keys(labels).toSorted()).toEqual(
      ['app.kubernetes.io/component', 'app.kubernetes.io/name', 'app.kubernetes.io/part-of'].toSorted(),
    );
  });

  it('selects no pods of others', () => {
    const others = pods.filter(
      ({ id, namespace }) =>
        id !== `Deployment ${metadata?.namespace}/${metadata?.name}` && namespace === metadata?.namespace,
    );
    expect(others.filter((pod) => selects(spec?.selector.matchLabels, pod.labels)).map(({ id }) => id)).toEqual([]);
  });

  it('leaves replicas to its HPA, and says them where it has none', () => {
    const ruled = hpas.some(
      ({ object }) =>
        object.metadata?.namespace === metadata?.namespace && object.spec?.scaleTargetRef.name === metadata?.name,
    );
    expect(spec?.replicas === undefined).toBe(ruled);
  });

  it('is probed at ports that it has, and its liveness says nothing of readiness', () => {
    const probes = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe];
    for (const probe of probes) expect(portNames([container!])).toContain((probe as V1Probe).httpGet?.port);
    expect(container?.livenessProbe?.httpGet?.path).not.toBe(container?.readinessProbe?.httpGet?.path);
  });

  it('has time to end after preStop', () => {
    const sleep = container?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    expect(template?.spec?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(sleep + 20);
  });

  it('has a Service of its name that reaches each of its ports by the same name', () => {
    const service = services.find(
      ({ object }) => object.metadata?.name === metadata?.name && object.metadata?.namespace === metadata?.namespace,
    );
    expect(selects(service?.object.spec?.selector, labels)).toBe(true);
    const ports = service?.object.spec?.ports ?? [];
    expect(ports.map(({ name }) => name)).toEqual(portNames([container!]));
    expect(ports.map(({ targetPort }) => targetPort)).toEqual(portNames([container!]));
  });

  if (spec?.replicas !== 1) {
    it('loses one pod at a time, or a tenth, and none to a rollout', () => {
      const budgets = ofKind<V1PodDisruptionBudget>('PodDisruptionBudget').filter(
        ({ object }) =>
          object.metadata?.namespace === metadata?.namespace && selects(object.spec?.selector?.matchLabels, labels),
      );
      expect(budgets).toHaveLength(1);
      expect(budgets[0]?.object.spec).toMatchObject({ unhealthyPodEvictionPolicy: 'AlwaysAllow' });
      expect([1, '10%']).toContain(budgets[0]?.object.spec?.maxUnavailable);
      expect(spec?.strategy?.rollingUpdate?.maxUnavailable).toBe(0);
    });

    it('is spread over zones and nodes', () => {
      const spread = template?.spec?.topologySpreadConstraints ?? [];
      expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
        'topology.kubernetes.io/zone',
        'kubernetes.io/hostname',
      ]);
      for (const { labelSelector } of spread) expect(selects(labelSelector?.matchLabels, labels)).toBe(true);
    });
  }
});

it('streaming-service has no cpu limit: a throttled pod would hide its load', () => {
  const { object } = deployments.find(({ object }) => object.metadata?.name === 'streaming-service') as {
    object: V1Deployment;
  };
  expect(object.spec?.template.spec?.containers[0]?.resources?.limits).not.toHaveProperty('cpu');
});

it('each priority class that a pod names is there, and none is left over', () => {
  const made = ofKind('PriorityClass').map(({ object }) => object.metadata?.name);
  const used = pods.flatMap(({ spec }) => spec.priorityClassName ?? []);
  expect(new Set(used)).toEqual(new Set(made));
});
