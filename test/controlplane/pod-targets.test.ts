import { nodeTarget, podTargets } from './pod-targets.ts';

const pod = {
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    uid: 'u1',
    labels: { 'app.kubernetes.io/name': 'web' },
    annotations: { 'prometheus.io/scrape': 'true' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u0', controller: true }],
  },
  spec: {
    nodeName: 'node-0',
    containers: [{ name: 'main', ports: [{ name: 'metrics', containerPort: 9102 }, { containerPort: 80 }] }],
  },
  status: { podIP: '10.0.0.7', phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

test('each container port is a target, with the labels of kubernetes_sd', () => {
  const targets = podTargets(pod);
  expect(targets.map((group) => group.targets)).toEqual([['10.0.0.7:9102'], ['10.0.0.7:80']]);
  expect(targets[0]!.labels).toMatchObject({
    __meta_kubernetes_namespace: 'shop',
    __meta_kubernetes_pod_name: 'web-1',
    __meta_kubernetes_pod_ready: 'true',
    __meta_kubernetes_pod_phase: 'Running',
    __meta_kubernetes_pod_controller_kind: 'ReplicaSet',
    __meta_kubernetes_pod_label_app_kubernetes_io_name: 'web',
    __meta_kubernetes_pod_annotation_prometheus_io_scrape: 'true',
    __meta_kubernetes_pod_container_name: 'main',
    __meta_kubernetes_pod_container_port_name: 'metrics',
    __meta_kubernetes_pod_container_port_number: '9102',
  });
});

test('a container without ports is a target by its address alone, a pod without an address is none', () => {
  expect(podTargets({ ...pod, spec: { containers: [{ name: 'main' }] } })[0]!.targets).toEqual(['10.0.0.7']);
  expect(podTargets({ ...pod, status: {} })).toEqual([]);
});

test('a node is a target at the port of its kubelet', () => {
  const labels = { __meta_kubernetes_node_name: 'node-0' };
  expect(nodeTarget('node-0')).toEqual({ targets: ['node-0:10250'], labels });
});
