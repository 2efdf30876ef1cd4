import { yamlOf } from './manifests.ts';

export const ALERTS_FILE = 'k8s-manifests/monitoring/prometheus/tidecaster-alerts.yaml';

export type AlertRule = {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook_url: string };
};

const [file] = yamlOf(ALERTS_FILE) as [{ groups: { name: string; rules: AlertRule[] }[] }];

/** Every alert on Tidecaster's own metrics. */
export const alertRules: AlertRule[] = file.groups.flatMap(({ rules }) => rules);
