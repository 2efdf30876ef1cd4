import { stringify } from 'yaml';

/** Where they stand. */
export const CONVERTED = 'converted';

const KEDA = 'keda.sh/v1alpha1';

/** What stands in the manifests that a test converts: where they ask, and when a schedule of them is open. */
export type Asked = { prometheusUrl: string; tenantUrl: string; openHours: { start: number; end: number } };

/** ScaledObjects as people apply them for KEDA, in one file; those that nothing becomes of are named LEFT. */
export function scaledObjects({ prometheusUrl, tenantUrl, openHours }: Asked): string {
  // stands still, whatever the pods of the platform do
  const viewers = '6000 * max(up)';
  const trigger = (metadata: Record<string, string>, more: object = {}): object => ({
    type: 'prometheus',
    ...more,
    metadata: { serverAddress: prometheusUrl, query: viewers, ...metadata },
  });
  const scaled = (name: string, spec: { triggers: readonly object[] } & Record<string, unknown>): object => ({
    apiVersion: KEDA,
    kind: 'ScaledObject',
    metadata: { name, namespace: CONVERTED },
    spec: { scaleTargetRef: { name }, ...spec },
  });
  const secretTargetRef = [{ parameter: 'bearerToken', name: 'tenant-token', key: 'token' }];
  const { start, end } = openHours;
  return [
    scaled('rules-plain', {
      minReplicaCount: 1,
      maxReplicaCount: 10,
      pollingInterval: 15,
      triggers: [
        trigger({ threshold: '2000', activationThreshold: '5', ignoreNullValues: 'false' }),
        trigger({ threshold: '1', namespace: 'LEFT' }),
      ],
    }),
    {
      apiVersion: KEDA,
      kind: 'TriggerAuthentication',
      metadata: { name: 'tenant', namespace: CONVERTED },
      spec: { secretTargetRef },
    },
    scaled('rules-tenant', {
      maxReplicaCount: 7,
      advanced: {
        horizontalPodAutoscalerConfig: {
          name: 'rules-tenant-hpa',
          behavior: {
            scaleDown: { stabilizationWindowSeconds: 30, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
          },
        },
      },
      triggers: [
        trigger(
          {
            serverAddress: `${tenantUrl}/`,
            threshold: '2500.5',
            customHeaders: 'X-Scope-OrgID=media,X-Cluster=eu',
            authModes: 'bearer',
          },
          { name: 'Viewers-Now', metricType: 'Value', authenticationRef: { name: 'tenant' } },
        ),
      ],
    }),
    scaled('rules-night', {
      minReplicaCount: 2,
      maxReplicaCount: 9,
      triggers: [
        trigger({ query: 'absent_for_ever', threshold: '100' }),
        { type: 'cpu', metricType: 'Utilization', metadata: { value: '70' } },
        {
          type: 'cron',
          metadata: { timezone: 'Etc/UTC', start: `0 ${start} * * *`, end: `0 ${end} * * *`, desiredReplicas: '4' },
        },
      ],
    }),
    scaled('rules-left-queue', { triggers: [{ type: 'rabbitmq', metadata: { queueName: 'q', value: '10' } }] }),
    { apiVersion: KEDA, kind: 'ScaledJob', metadata: { name: 'LEFT-job', namespace: CONVERTED }, spec: {} },
  ]
    .map((object) => stringify(object))
    .join('---\n');
}
