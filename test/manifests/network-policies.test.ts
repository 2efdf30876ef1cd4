import type { V1NetworkPolicy } from '@kubernetes/client-node';
import { idOf, namespaces, ofKind, pods, portNames, services } from './manifests.ts';
import { namespace, serveFlags } from './tidecaster.ts';

const policies = ofKind<V1NetworkPolicy>('NetworkPolicy');
const known = new Set(pods.flatMap(({ spec }) => portNames(spec.containers)));

it('close every namespace that we make before they open anything', () => {
  const closed = policies
    .filter(({ object }) => object.metadata?.name === 'default-deny')
    .map(({ object }) => object.metadata?.namespace);
  const made = namespaces.map(({ object }) => object.metadata?.name);
  expect(new Set(closed)).toEqual(new Set(made));
});

it.each(policies.map((one) => [idOf(one.object), one.object] as const))(
  '%s speaks of ports by names that pods have',
  (_, { spec }) => {
    const ports = [...(spec?.ingress ?? []), ...(spec?.egress ?? [])].flatMap((rule) => rule.ports ?? []);
    for (const { port } of ports) if (typeof port === 'string') expect(known).toContain(port);
  },
);

it('let the server reach the Prometheus that it is told to ask', () => {
  const { hostname, port } = new URL(serveFlags['prometheus-url']!);
  const [name, inNamespace] = hostname.split('.');
  const prometheus = services.find(
    ({ object }) => object.metadata?.name === name && object.metadata?.namespace === inNamespace,
  )!.object;
  expect(prometheus.spec!.ports!.map((one) => String(one.port))).toContain(port);
  const { egress } = policies.find(
    ({ object }) => object.metadata?.namespace === namespace && object.metadata.name === 'tidecaster',
  )!.object.spec!;
  const rule = egress!.find(({ to }) => to?.some(({ podSelector }) => podSelector))!;
  expect(rule).toEqual({
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': inNamespace } },
        podSelector: { matchLabels: prometheus.spec!.selector },
      },
    ],
    ports: [{ port: Number(port), protocol: 'TCP' }],
  });
});
