import type { V1Pod } from '@kubernetes/client-node';

/** One target group of Prometheus' http_sd. */
export type TargetGroup = { targets: string[]; labels: Record<string, string> };

/**
 * What `kubernetes_sd_configs: [{role: pod}]` finds of a pod: one target for each container port (or one without a port),
 * with the same __meta_kubernetes_* labels. So the relabelling of the real configuration runs, and it alone decides what is
 * scraped. https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod
 */
export function podTargets(pod: V1Pod): TargetGroup[] {
  const { metadata, spec, status } = pod;
  const ip = status?.podIP;
  if (!metadata || !spec || !ip) return [];
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  const common: Record<string, string> = {
    namespace: metadata.namespace ?? '',
    pod_name: metadata.name ?? '',
    pod_uid: metadata.uid ?? '',
    pod_ip: ip,
    pod_host_ip: status.hostIP ?? '',
    pod_node_name: spec.nodeName ?? '',
    pod_phase: status.phase ?? '',
    pod_ready: status.conditions?.find(({ type }) => type === 'Ready')?.status.toLowerCase() ?? 'unknown',
    pod_controller_kind: owner?.kind ?? '',
    pod_controller_name: owner?.name ?? '',
    ...named('pod_label', 'pod_labelpresent', metadata.labels),
    ...named('pod_annotation', 'pod_annotationpresent', metadata.annotations),
  };
  return spec.containers.flatMap((container) => {
    const ofContainer = { ...common, pod_container_name: container.name, pod_container_image: container.image ?? '' };
    if (!container.ports?.length) return [group(ip, ofContainer)];
    return container.ports.map(({ containerPort, name, protocol }) =>
      group(`${ip}:${containerPort}`, {
        ...ofContainer,
        pod_container_port_name: name ?? '',
        pod_container_port_number: String(containerPort),
        pod_container_port_protocol: protocol ?? 'TCP',
      }),
    );
  });
}

/**
 * What `kubernetes_sd_configs: [{role: node}]` finds of a node that has a name and no address, but for its labels.
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#node
 */
export const nodeTarget = (name: string): TargetGroup => group(`${name}:10250`, { node_name: name });

function group(target: string, labels: Record<string, string>): TargetGroup {
  const meta = Object.entries(labels).map(([name, value]) => [`__meta_kubernetes_${name}`, value]);
  return { targets: [target], labels: Object.fromEntries(meta) as Record<string, string> };
}

function named(value: string, present: string, of: Record<string, string> | undefined): Record<string, string> {
  const all = Object.entries(of ?? {}).flatMap(([name, text]) => {
    const label = name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
    return [
      [`${value}_${label}`, text],
      [`${present}_${label}`, 'true'],
    ];
  });
  return Object.fromEntries(all) as Record<string, string>;
}
